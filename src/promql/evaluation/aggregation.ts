// Aggregations: series are grouped by labels; each group is folded into one series, or picked from.
import { type Annotation, annotate } from '../annotations.ts';
import type { Aggregation } from '../ast.ts';
import { computeQuantile } from '../functions/quantile.ts';
import { type Labels, metricNameLabel } from '../labels.ts';
import type { Scope } from '../selection/session.ts';
import { StepSeries, slot } from '../values.ts';
import { columnFolds } from './aggregation-columns.ts';
import { countValues } from './aggregation-count-values.ts';
import { type PickName, pickElements } from './aggregation-picks.ts';
import { aggregateHistograms, averageFloats, sumFloats } from './aggregation-sums.ts';

export async function evaluateAggregation(scope: Scope, expr: Aggregation): Promise<StepSeries[]> {
  const param = expr.param && (await scope.evaluate(expr.param));
  const value = await scope.evaluate(expr.expr);
  if (value.type !== 'vector') throw new Error(`an aggregation of a ${value.type} passed validation`);
  if (param?.type === 'string') return countValues(scope, expr, { label: param.value, input: value.series });
  const parameter = param?.type === 'scalar' ? param.series.floats : undefined;
  const groups = groupSeries(expr, value.series);
  const folds: Readonly<Partial<Record<string, Fold>>> = foldTable;
  const fold = folds[expr.op];
  const result = fold
    ? await foldGroups(scope, expr, { groups, parameter, fold })
    : // The names that are no folds are exactly the picks.
      await pickElements(scope, expr, {
        name: expr.op as PickName,
        groups,
        parameter: parameter ?? new Float64Array(0),
      });
  scope.session.charge(result.length * scope.grid.count);
  return result;
}

/** The series that share the labels of an aggregation's grouping. */
export interface Group {
  readonly labels: Labels;
  readonly members: StepSeries[];
}

/** Groups in the order of their first member. */
export function groupSeries({ grouping, without }: Aggregation, series: readonly StepSeries[]): Group[] {
  const groups = new Map<string, Group>();
  for (const one of series) {
    const labels = pickGroupLabels(one.labels, { grouping, without });
    const group = groups.get(labels.key);
    if (group) group.members.push(one);
    else groups.set(labels.key, { labels, members: [one] });
  }
  return [...groups.values()];
}

export function pickGroupLabels(
  labels: Labels,
  { grouping, without }: { readonly grouping: readonly string[]; readonly without: boolean },
): Labels {
  return without ? labels.drop([metricNameLabel, ...grouping]) : labels.keep(grouping);
}

/** What a fold sees of one group at one step. */
interface FoldStep {
  readonly members: readonly StepSeries[];
  readonly step: number;
  readonly target: StepSeries;
  readonly parameter: number;
  readonly note: (annotation: Annotation) => void;
}

type Fold = (at: FoldStep) => void;

const foldTable = {
  sum: (at) => foldSum(at, sumFloats),
  avg: (at) => foldSum(at, averageFloats),
  count: ({ members, step, target }) => {
    let count = 0;
    for (const member of members) if (member.kinds[step] !== slot.empty) count++;
    if (count > 0) target.setFloat(step, count);
  },
  group: ({ members, step, target }) => {
    if (members.some((member) => member.kinds[step] !== slot.empty)) target.setFloat(step, 1);
  },
  min: (at) => foldExtreme(at, { name: 'min', beats: (a, b) => a < b }),
  max: (at) => foldExtreme(at, { name: 'max', beats: (a, b) => a > b }),
  stddev: (at) => foldVariance(at, { name: 'stddev', finish: Math.sqrt }),
  stdvar: (at) => foldVariance(at, { name: 'stdvar', finish: (variance) => variance }),
  quantile: (at) => {
    const floats = listFloats(at, 'quantile');
    if (floats.length > 0) at.target.setFloat(at.step, computeQuantile(at.parameter, floats));
  },
} satisfies Record<string, Fold>;

async function foldGroups(
  { grid, session }: Scope,
  expr: Aggregation,
  of: { readonly groups: readonly Group[]; readonly parameter: Float64Array | undefined; readonly fold: Fold },
): Promise<StepSeries[]> {
  if (of.parameter && expr.op === 'quantile') noteInvalidQuantiles(session.annotations, expr, of.parameter);
  const note = (annotation: Annotation) => session.annotations.add(annotation, expr.expr);
  const columnFold = columnFolds[expr.op];
  const out: StepSeries[] = [];
  for (const { labels, members } of of.groups) {
    const target = new StepSeries(labels, grid.count);
    const hasHistograms = members.some(({ histograms }) => histograms !== undefined);
    if (columnFold && !hasHistograms) columnFold(members, target);
    else {
      for (let step = 0; step < grid.count; step++) {
        const pause = session.settings.pause();
        if (pause) await pause;
        of.fold({ members, step, target, parameter: of.parameter?.[step] ?? 0, note });
      }
    }
    if (!target.isEmpty) out.push(target);
  }
  return out;
}

function noteInvalidQuantiles(
  annotations: Scope['session']['annotations'],
  { param }: Aggregation,
  parameter: Float64Array,
): void {
  if (param === undefined) return;
  let max = Number.NEGATIVE_INFINITY;
  let min = Number.POSITIVE_INFINITY;
  for (const q of parameter) {
    if (q > max) max = q;
    if (q < min) min = q;
  }
  if (parameter.some(Number.isNaN)) annotations.add(annotate.invalidQuantile(Number.NaN), param);
  if (max > 1) annotations.add(annotate.invalidQuantile(max), param);
  if (min < 0) annotations.add(annotate.invalidQuantile(min), param);
}

function foldSum(at: FoldStep, floats: (members: readonly StepSeries[], step: number, count: number) => number): void {
  const { members, step, target } = at;
  let floatCount = 0;
  let histogramCount = 0;
  for (const { kinds } of members) {
    if (kinds[step] === slot.float) floatCount++;
    else if (kinds[step] === slot.histogram) histogramCount++;
  }
  if (floatCount > 0 && histogramCount > 0) at.note(annotate.mixedFloatsHistogramsAggregation());
  else if (floatCount > 0) target.setFloat(step, floats(members, step, floatCount));
  else if (histogramCount > 0) {
    const kind = floats === averageFloats ? 'avg' : 'sum';
    const result = aggregateHistograms(members, { step, kind, note: at.note });
    if (result) target.setHistogram(step, result);
  }
}

function foldExtreme(
  at: FoldStep,
  { name, beats }: { readonly name: string; readonly beats: (a: number, b: number) => boolean },
): void {
  const { members, step, target } = at;
  let best = Number.NaN;
  let found = false;
  for (const { kinds, floats } of members) {
    if (kinds[step] === slot.histogram) at.note(annotate.histogramIgnored(name));
    if (kinds[step] !== slot.float) continue;
    const value = floats[step] ?? 0;
    if (!found || beats(value, best) || Number.isNaN(best)) best = value;
    found = true;
  }
  if (found) target.setFloat(step, best);
}

function foldVariance(
  at: FoldStep,
  { name, finish }: { readonly name: string; readonly finish: (variance: number) => number },
): void {
  const floats = listFloats(at, name);
  const first = floats[0];
  if (first === undefined) return;
  let squares = Number.isFinite(first) ? 0 : Number.NaN;
  let mean = first;
  for (let i = 1; i < floats.length; i++) {
    const value = floats[i] ?? 0;
    const delta = value - mean;
    mean += delta / (i + 1);
    squares += delta * (value - mean);
  }
  at.target.setFloat(at.step, finish(squares / floats.length));
}

/** The floats of a group; histograms are left out with a note. */
function listFloats({ members, step, note }: FoldStep, name: string): number[] {
  const found: number[] = [];
  for (const { kinds, floats } of members) {
    if (kinds[step] === slot.float) found.push(floats[step] ?? 0);
    else if (kinds[step] === slot.histogram) note(annotate.histogramIgnored(name));
  }
  return found;
}
