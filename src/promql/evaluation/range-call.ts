// Functions over range vectors: for every series a window slides over its samples, step by step.
import { annotate } from '../annotations.ts';
import type { Call, Expr, MatrixSelector, Subquery } from '../ast.ts';
import { listAbsentLabels } from '../functions/absent.ts';
import { isRangeFunctionName, rangeFunctions } from '../functions/range-functions.ts';
import { RangeWindow } from '../functions/range-window.ts';
import { metricNameLabel } from '../labels.ts';
import { selectRange } from '../selection/selectors.ts';
import { type Scope, stepTime } from '../selection/session.ts';
import { failExecution, failOnSameLabels, type RangeSeries, StepSeries, slot } from '../values.ts';
import { evaluateSubqueryAsRange } from './subquery.ts';

type RangeArgument = MatrixSelector | Subquery;

const allowedWith = {
  anchored: ['changes', 'delta', 'increase', 'rate', 'resets'],
  smoothed: ['delta', 'increase', 'rate'],
} as const;

/** The argument of a call that is a range vector, and its place; undefined if there is none. */
export function findRangeArgument(
  call: Call,
): { readonly argument: RangeArgument; readonly index: number } | undefined {
  const index = call.args.findIndex((arg) => arg.type === 'matrixSelector' || arg.type === 'subquery');
  const argument = call.args[index];
  // findIndex looked for exactly these two.
  return argument === undefined ? undefined : { argument: argument as RangeArgument, index };
}

/** Evaluates a call with a range vector among its arguments. `statsOnly`: nobody will look at buckets. */
export async function evaluateRangeCall(
  scope: Scope,
  call: Call,
  options: { readonly statsOnly: boolean },
): Promise<StepSeries[]> {
  const found = findRangeArgument(call);
  if (found === undefined || !isRangeFunctionName(call.name)) {
    throw new Error(`${call.name} was called without a range vector`);
  }
  const { argument, index } = found;
  const scalars = await evaluateScalars(scope, call, index);
  const input = await loadInput(scope, argument, { call, ...options });
  const window = new RangeWindow({
    call,
    annotations: scope.session.annotations,
    rangeMs: argument.rangeMs,
    extension: argument.type === 'matrixSelector' ? argument.selector.extension : undefined,
  });
  const time = argument.type === 'matrixSelector' ? argument.selector : argument;
  const compute = rangeFunctions[call.name];
  const out: StepSeries[] = [];
  for (const series of input) {
    const pause = scope.session.settings.pause();
    if (pause) await pause;
    const result = new StepSeries(keepsName(call) ? series.labels : series.labels.dropMetricName(), scope.grid.count);
    window.enter(series, result);
    const sliding = { window, series, time, scalars, compute };
    for (let step = slide(scope, sliding, 0); step < scope.grid.count; step = slide(scope, sliding, step))
      await scope.session.settings.pause();
    if (result.isEmpty) continue;
    scope.session.charge(scope.grid.count);
    out.push(result);
    noteNonCounter(scope, call, { series, result });
  }
  if (call.name === 'absent_over_time') return invertPresence(scope, out, argument);
  failOnSameLabels(out);
  return out;
}

async function loadInput(
  scope: Scope,
  argument: RangeArgument,
  { call, statsOnly }: { readonly call: Call; readonly statsOnly: boolean },
): Promise<readonly RangeSeries[]> {
  if (argument.type === 'subquery') return evaluateSubqueryAsRange(scope, argument);
  const { extension } = argument.selector;
  if (extension !== undefined) {
    const names: readonly string[] = allowedWith[extension];
    if (!names.includes(call.name)) {
      failExecution(`${extension} modifier can only be used with: ${names.join(', ')} - not with ${call.name}`);
    }
  }
  return selectRange(scope, argument, { statsOnly });
}

async function evaluateScalars(scope: Scope, call: Call, rangeIndex: number): Promise<StepSeries[]> {
  const others: Expr[] = call.args.filter((_, i) => i !== rangeIndex);
  const scalars: StepSeries[] = [];
  for (const other of others) {
    const value = await scope.evaluate(other);
    if (value.type === 'scalar') scalars.push(value.series);
  }
  return scalars;
}

/** Samples looked at between two pauses. */
const stretch = 200_000;

interface Sliding {
  readonly window: RangeWindow;
  readonly series: RangeSeries;
  readonly time: RangeArgument | MatrixSelector['selector'];
  readonly scalars: readonly StepSeries[];
  readonly compute: (window: RangeWindow) => void;
}

/** Computes steps from `firstStep` on, until the end or until it is time for a pause; says which step is next. */
function slide({ grid, session }: Scope, of: Sliding, firstStep: number): number {
  const { window, series, scalars, compute } = of;
  const { rangeMs, extension } = window;
  const { times, histogramTimes } = series;
  const newestMs = times[times.length - 1] ?? Number.POSITIVE_INFINITY;
  const behind = rangeMs + (extension === undefined ? 0 : session.settings.lookbackMs);
  const ahead = extension === 'smoothed' ? session.settings.lookbackMs : 0;
  const modifiers = of.time.type === 'matrixSelector' ? of.time.selector : of.time;
  const { offsetMs, timestampMs } = modifiers;
  // In variables of their own: this loop runs for every sample of every series.
  let { from, to } = window;
  let work = 0;
  for (let step = firstStep; step < grid.count; step++) {
    const timeMs = stepTime(grid, step);
    const endMs = (timestampMs ?? timeMs) - offsetMs;
    const last = endMs + ahead;
    const first = endMs - behind;
    // The last step sees the newest sample, and an instant query has no other step.
    if (newestMs <= last) to = times.length;
    else while (to < times.length && times[to]! <= last) to++; // the index is below the length
    while (from < to && times[from]! <= first) from++; // as above
    if (histogramTimes.length > 0) window.slideHistograms(first, last);
    if (from === to && window.histogramFrom === window.histogramTo) continue;
    window.from = from;
    window.to = to;
    window.step = step;
    window.timeMs = timeMs;
    window.endMs = endMs;
    window.startMs = endMs - rangeMs;
    for (let i = 0; i < scalars.length; i++) window.scalars[i] = scalars[i]?.floats[step] ?? Number.NaN;
    compute(window);
    work += 1 + window.to - window.from + window.histogramTo - window.histogramFrom;
    if (work >= stretch) return step + 1;
  }
  return grid.count;
}

function keepsName(call: Call): boolean {
  return call.name === 'last_over_time' || call.name === 'first_over_time';
}

const counterSuffix = /_(?:total|sum|count|bucket)$/;

function noteNonCounter(
  scope: Scope,
  call: Call,
  { series, result }: { readonly series: RangeSeries; readonly result: StepSeries },
): void {
  if (call.name !== 'rate' && call.name !== 'increase') return;
  const name = series.labels.get(metricNameLabel);
  if (name === '' || counterSuffix.test(name) || !result.kinds.includes(slot.float)) return;
  scope.session.annotations.add(annotate.possibleNonCounter(name), call.args[0] ?? call);
}

/** 1 at the steps where no series has anything. */
function invertPresence(scope: Scope, present: readonly StepSeries[], argument: RangeArgument): StepSeries[] {
  const absent = new StepSeries(listAbsentLabels(argument), scope.grid.count);
  for (let step = 0; step < scope.grid.count; step++) {
    if (present.every((series) => series.kinds[step] === slot.empty)) absent.setFloat(step, 1);
  }
  return absent.isEmpty ? [] : [absent];
}
