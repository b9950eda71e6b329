// info(): adds the labels of info metrics (target_info by default) to series with the same job and instance.
import type { Call, Expr, TimeModifiers } from '../ast.ts';
import { type Labels, metricNameLabel } from '../labels.ts';
import { type Matcher, makeMatcher } from '../matcher.ts';
import { findSampleAt } from '../selection/selectors.ts';
import type { Scope } from '../selection/session.ts';
import type { SeriesSamples } from '../source.ts';
import { duplicateLabelset, failExecution, StepSeries, slot } from '../values.ts';
import { argument, asVector, evaluateVector } from './arguments.ts';
import type { VectorFunction } from './vector-functions.ts';

export const infoFunctions = {
  info: async (scope, call) => {
    const base = await evaluateVector(scope, call);
    const selector = readSelector(call);
    const isInfo = (series: StepSeries) =>
      selector.names.every((matcher) => matcher.matches(series.labels.get(metricNameLabel)));
    const enriched = base.filter((series) => !isInfo(series));
    const infos = await selectInfos(scope, { base: enriched, selector, time: findTime(argument(call, 0)) });
    return asVector(combine(scope, { base, isInfo, infos, selector }));
  },
} satisfies Record<string, VectorFunction>;

const identifying = ['instance', 'job'];

interface InfoSelector {
  /** Which metrics are info metrics here. */
  readonly names: readonly Matcher[];
  /** Which of their labels are wanted, and how they must be; empty: all. */
  readonly data: readonly Matcher[];
}

function readSelector(call: Call): InfoSelector {
  const selector = call.args[1];
  const matchers = selector?.type === 'vectorSelector' ? selector.matchers : [];
  const names = matchers.filter((matcher) => matcher.name === metricNameLabel);
  const data = matchers.filter((matcher) => matcher.name !== metricNameLabel);
  if (names.some((matcher) => matcher.type === '=' || matcher.type === '=~')) return { names, data };
  const fallback =
    names.length > 0 ? makeMatcher('=~', metricNameLabel, '.+_info') : makeMatcher('=', metricNameLabel, 'target_info');
  return { names: [fallback, ...names], data };
}

/** The info series are looked up at the time that the first selector of the argument looks at. */
function findTime(expr: Expr, outerOffsetMs = 0, outerTime?: number): TimeModifiers | undefined {
  const at = (timestampMs: number | undefined, offsetMs: number): TimeModifiers => ({
    timestampMs,
    offsetMs,
    offsetExpr: undefined,
    startOrEnd: undefined,
  });
  switch (expr.type) {
    case 'vectorSelector':
      if (expr.timestampMs !== undefined) return at(expr.timestampMs, expr.offsetMs);
      return at(outerTime, expr.offsetMs + outerOffsetMs);
    case 'matrixSelector':
      return findTime(expr.selector, outerOffsetMs, outerTime);
    case 'subquery':
      return expr.timestampMs === undefined
        ? findTime(expr.expr, outerOffsetMs + expr.offsetMs, outerTime)
        : findTime(expr.expr, expr.offsetMs, expr.timestampMs);
    case 'call':
      return findFirst(expr.args, (arg) => findTime(arg, outerOffsetMs, outerTime));
    case 'binary':
      return findFirst([expr.lhs, expr.rhs], (side) => findTime(side, outerOffsetMs, outerTime));
    case 'number':
    case 'string':
      return undefined;
    default:
      return findTime(expr.expr, outerOffsetMs, outerTime);
  }
}

function findFirst<T, R>(items: readonly T[], find: (item: T) => R | undefined): R | undefined {
  for (const item of items) {
    const found = find(item);
    if (found !== undefined) return found;
  }
  return undefined;
}

interface InfoSeries {
  readonly samples: SeriesSamples;
  /** By step, the index of the sample in force; -1 if there is none. */
  readonly found: Int32Array;
}

async function selectInfos(
  scope: Scope,
  of: {
    readonly base: readonly StepSeries[];
    readonly selector: InfoSelector;
    readonly time: TimeModifiers | undefined;
  },
): Promise<InfoSeries[]> {
  const idMatchers = identifying.flatMap((name) => {
    const values = new Set(of.base.map((series) => series.labels.get(name)).filter((value) => value !== ''));
    if (values.size === 0) return [];
    return [{ type: '=~', name, value: [...values].join('|'), matches: (text: string) => values.has(text) } as const];
  });
  if (idMatchers.length === 0) return [];
  const { grid, session } = scope;
  const { lookbackMs } = session.settings;
  const time = of.time ?? { timestampMs: undefined, offsetMs: 0, offsetExpr: undefined, startOrEnd: undefined };
  const lastMs = grid.startMs + (grid.count - 1) * grid.stepMs;
  const found = await session.select([...idMatchers, ...of.selector.data, ...of.selector.names], {
    startMs: (time.timestampMs ?? grid.startMs) - time.offsetMs - lookbackMs + 1,
    endMs: (time.timestampMs ?? lastMs) - time.offsetMs,
  });
  return found.map((samples) => {
    const inForce = findSampleAt(samples, time, { grid, lookbackMs });
    if (inForce.some((index) => samples.histograms?.[index] !== undefined)) {
      failExecution(`this should be an info metric, with float samples: ${samples.labels}`);
    }
    return { samples, found: inForce };
  });
}

interface Combination {
  readonly base: readonly StepSeries[];
  readonly isInfo: (series: StepSeries) => boolean;
  readonly infos: readonly InfoSeries[];
  readonly selector: InfoSelector;
}

function combine({ grid }: Scope, { base, isInfo, infos, selector }: Combination): StepSeries[] {
  const outputs = new Map<string, StepSeries>();
  const needsMatch = selector.data.some((matcher) => !matcher.matches(''));
  for (let step = 0; step < grid.count; step++) {
    const active = base.some(({ kinds }) => kinds[step] !== slot.empty) ? indexInfos(infos, step) : new Map();
    for (const series of base) {
      if (series.kinds[step] === slot.empty) continue;
      const labels = isInfo(series) ? series.labels : addInfoLabels(series.labels, { active, selector, needsMatch });
      if (labels === undefined) continue;
      const output = outputs.get(labels.key) ?? new StepSeries(labels, grid.count);
      outputs.set(labels.key, output);
      if (output.kinds[step] !== slot.empty) failExecution(duplicateLabelset);
      output.copySlot(series, step);
    }
  }
  return [...outputs.values()];
}

/** By identity, then by metric name: the newest info series at a step. */
type ActiveInfos = ReadonlyMap<string, ReadonlyMap<string, Labels>>;

function indexInfos(infos: readonly InfoSeries[], step: number): ActiveInfos {
  const newest = new Map<string, Map<string, InfoSeries>>();
  const timeOf = ({ samples, found }: InfoSeries) => samples.times[found[step] ?? -1] ?? 0;
  for (const info of infos) {
    if (info.found[step] === -1) continue;
    const { labels } = info.samples;
    const { key } = labels.keep(identifying);
    const byName = newest.get(key) ?? new Map<string, InfoSeries>();
    newest.set(key, byName);
    const name = labels.get(metricNameLabel);
    const other = byName.get(name);
    if (other && timeOf(other) === timeOf(info)) {
      const describe = (one: InfoSeries) => `${one.samples.labels} @ ${timeOf(one)}`;
      failExecution(`found duplicate series for info metric: existing ${describe(other)}, new ${describe(info)}`);
    }
    if (other === undefined || timeOf(other) < timeOf(info)) byName.set(name, info);
  }
  return new Map(
    [...newest].map(([key, byName]) => [key, new Map([...byName].map(([name, info]) => [name, info.samples.labels]))]),
  );
}

function addInfoLabels(
  base: Labels,
  of: { readonly active: ActiveInfos; readonly selector: InfoSelector; readonly needsMatch: boolean },
): Labels | undefined {
  const found = of.active.get(base.keep(identifying).key);
  if (found === undefined || found.size === 0) return of.needsMatch ? undefined : base;
  const wanted = of.selector.data.length === 0 ? undefined : new Set(of.selector.data.map((matcher) => matcher.name));
  const added = new Map<string, string>();
  for (const labels of found.values()) {
    for (const [name, value] of labels) {
      if (name === metricNameLabel || (wanted && !wanted.has(name))) continue;
      const present = added.get(name);
      if (present !== undefined && present !== value) failExecution(`conflicting label: ${name}`);
      if (!base.has(name)) added.set(name, value);
    }
  }
  return base.with(added);
}
