// Selectors: from the samples of a store to values on the grid (instant) or to series of samples (range).
import { annotate } from '../annotations.ts';
import type { MatrixSelector, TimeModifiers, VectorSelector } from '../ast.ts';
import { IncompatibleHistograms } from '../histogram/combine.ts';
import { dropBuckets, type FloatHistogram, usesCustomBuckets } from '../histogram/float-histogram.ts';
import { detectReset } from '../histogram/reset.ts';
import { metricNameLabel } from '../labels.ts';
import { type SeriesSamples, sampleKind } from '../source.ts';
import { failExecution, type Grid, type RangeSeries, StepSeries } from '../values.ts';
import { extendFloats, interpolate, interpolateHistograms } from './interpolation.ts';
import { type Scope, stepTime } from './session.ts';

/** The time a selector looks at when evaluated at `timeMs`. */
export function referenceTime({ timestampMs, offsetMs }: TimeModifiers, timeMs: number): number {
  return (timestampMs ?? timeMs) - offsetMs;
}

/** Evaluates an instant selector. `statsOnly`: nobody will look at buckets. */
export async function evaluateSelector(
  scope: Scope,
  selector: VectorSelector,
  { statsOnly }: { readonly statsOnly: boolean },
): Promise<StepSeries[]> {
  if (selector.extension === 'smoothed') return smooth(scope, selector);
  const { grid, session } = scope;
  const out: StepSeries[] = [];
  for (const samples of await selectInstant(scope, selector)) {
    const pause = session.settings.pause();
    if (pause) await pause;
    const found = lookBack(samples, selector, { grid, lookbackMs: session.settings.lookbackMs, statsOnly });
    if (found === undefined) continue;
    session.charge(grid.count);
    out.push(found);
  }
  return out;
}

/** The raw samples an instant selector may need. */
export function selectInstant(scope: Scope, selector: VectorSelector): Promise<readonly SeriesSamples[]> {
  const { first, last } = endsOf(scope.grid, selector);
  const { lookbackMs } = scope.session.settings;
  const ahead = selector.extension === 'smoothed' ? lookbackMs : 0;
  return scope.session.select(selector.matchers, { startMs: first - lookbackMs + 1, endMs: last + ahead });
}

/** For each step the index of the sample that an instant selector sees; -1 if there is none. */
export function findSampleAt(
  samples: SeriesSamples,
  time: TimeModifiers,
  { grid, lookbackMs }: { readonly grid: Grid; readonly lookbackMs: number },
): Int32Array {
  const { times, kinds } = samples;
  const found = new Int32Array(grid.count);
  let next = 0;
  for (let step = 0; step < grid.count; step++) {
    const at = referenceTime(time, stepTime(grid, step));
    while (next < times.length && (times[next] ?? 0) <= at) next++;
    const last = next - 1;
    const usable = last >= 0 && (times[last] ?? 0) > at - lookbackMs && kinds?.[last] !== sampleKind.stale;
    found[step] = usable ? last : -1;
  }
  return found;
}

function lookBack(
  samples: SeriesSamples,
  time: TimeModifiers,
  options: { readonly grid: Grid; readonly lookbackMs: number; readonly statsOnly: boolean },
): StepSeries | undefined {
  const found = findSampleAt(samples, time, options);
  const series = new StepSeries(samples.labels, options.grid.count);
  for (let step = 0; step < found.length; step++) {
    const index = found[step] ?? -1;
    if (index === -1) continue;
    const histogram = samples.histograms?.[index];
    if (histogram === undefined) series.setFloat(step, samples.values[index] ?? 0);
    else series.setHistogram(step, options.statsOnly ? toStats(histogram, samples.histograms?.[index - 1]) : histogram);
  }
  return series.isEmpty ? undefined : series;
}

/** The samples a range selector may need, floats and histograms apart. */
export async function selectRange(
  scope: Scope,
  matrix: MatrixSelector,
  { statsOnly }: { readonly statsOnly: boolean },
): Promise<RangeSeries[]> {
  const { selector, rangeMs } = matrix;
  const { first, last } = endsOf(scope.grid, selector);
  const { lookbackMs } = scope.session.settings;
  const behind = rangeMs + (selector.extension === undefined ? 0 : lookbackMs);
  const ahead = selector.extension === 'smoothed' ? lookbackMs : 0;
  const found = await scope.session.select(selector.matchers, { startMs: first - behind + 1, endMs: last + ahead });
  const series = found.map(splitSamples);
  return statsOnly ? series.map(reduceToStats) : series;
}

/** Evaluates a range selector at the only step of an instant query. */
export async function evaluateMatrix(scope: Scope, matrix: MatrixSelector): Promise<RangeSeries[]> {
  const { extension } = matrix.selector;
  const endMs = referenceTime(matrix.selector, scope.grid.startMs);
  const window = { startMs: endMs - matrix.rangeMs, endMs };
  const out: RangeSeries[] = [];
  for (const series of await selectRange(scope, matrix, { statsOnly: false })) {
    if (extension !== undefined) {
      if (series.histograms.length > 0) failExecution(`${extension} modifier is not supported with histograms`);
      const extended = extendFloats(series, window, extension);
      if (extended) out.push({ ...series, ...extended });
    } else if (series.times.length + series.histograms.length > 0) out.push(series);
  }
  return out;
}

/** Floats and histograms apart, stale marks gone. Shares the arrays if there is nothing to part. */
export function splitSamples({ labels, times, values, kinds, histograms }: SeriesSamples): RangeSeries {
  if (kinds === undefined) return { labels, times, values, histogramTimes: [], histograms: [] };
  const floatTimes: number[] = [];
  const floats: number[] = [];
  const histogramTimes: number[] = [];
  const found: FloatHistogram[] = [];
  for (let i = 0; i < times.length; i++) {
    const histogram = histograms?.[i];
    if (kinds[i] === sampleKind.float) {
      floatTimes.push(times[i] ?? 0);
      floats.push(values[i] ?? 0);
    } else if (histogram !== undefined) {
      histogramTimes.push(times[i] ?? 0);
      found.push(histogram);
    }
  }
  return {
    labels,
    times: Float64Array.from(floatTimes),
    values: Float64Array.from(floats),
    histogramTimes,
    histograms: found,
  };
}

function reduceToStats(series: RangeSeries): RangeSeries {
  return {
    ...series,
    histograms: series.histograms.map((histogram, i) => toStats(histogram, series.histograms[i - 1])),
  };
}

// Restarts must be found while the buckets are still there.
function toStats(histogram: FloatHistogram, previous: FloatHistogram | undefined): FloatHistogram {
  const stats = dropBuckets(histogram);
  if (histogram.hint !== 'unknown' || previous === undefined) return stats;
  return { ...stats, hint: detectReset(histogram, previous) ? 'reset' : 'not_reset' };
}

function endsOf(grid: Grid, time: TimeModifiers): { first: number; last: number } {
  return {
    first: referenceTime(time, grid.startMs),
    last: referenceTime(time, stepTime(grid, grid.count - 1)),
  };
}

/** `smoothed`: between two samples the value is interpolated, after the last it is carried forward. */
async function smooth(scope: Scope, selector: VectorSelector): Promise<StepSeries[]> {
  const { grid, session } = scope;
  const { lookbackMs } = session.settings;
  const out: StepSeries[] = [];
  for (const samples of await selectInstant(scope, selector)) {
    const series = splitSamples(samples);
    const result = new StepSeries(samples.labels, grid.count);
    for (let step = 0; step < grid.count; step++) {
      const at = referenceTime(selector, stepTime(grid, step));
      const inWindow = (time: number) => time > at - lookbackMs && time <= at + lookbackMs;
      const hasFloats = series.times.some(inWindow);
      const hasHistograms = series.histogramTimes.some(inWindow);
      if (hasFloats && hasHistograms) {
        const name = samples.labels.get(metricNameLabel);
        session.annotations.add(annotate.mixedFloatsHistograms(name), selector);
      } else if (hasHistograms) smoothHistogram(scope, selector, { series, result, step, at });
      else if (hasFloats) smoothFloat(series, { result, step, at, lookbackMs });
    }
    if (!result.isEmpty) out.push(result);
  }
  return out;
}

function smoothFloat(
  { times, values }: RangeSeries,
  { result, step, at, lookbackMs }: { result: StepSeries; step: number; at: number; lookbackMs: number },
): void {
  const next = times.findIndex((time) => time >= at && time <= at + lookbackMs);
  const beforeNext = (next === -1 ? times.filter((time) => time <= at + lookbackMs).length : next) - 1;
  const hasPrevious = beforeNext >= 0 && (times[beforeNext] ?? 0) > at - lookbackMs;
  const nextTime = times[next];
  if (nextTime === at) result.setFloat(step, values[next] ?? 0);
  else if (!hasPrevious) return;
  else if (nextTime === undefined) result.setFloat(step, values[beforeNext] ?? 0);
  else {
    const point = (i: number) => ({ timeMs: times[i] ?? 0, value: values[i] ?? 0 });
    result.setFloat(step, interpolate(point(beforeNext), point(next), { at, isCounter: false }));
  }
}

function smoothHistogram(
  { session }: Scope,
  selector: VectorSelector,
  { series, result, step, at }: { series: RangeSeries; result: StepSeries; step: number; at: number },
): void {
  const { lookbackMs } = session.settings;
  const { histogramTimes: times, histograms, labels } = series;
  const from = times.findIndex((time) => time > at - lookbackMs);
  const next = times.findIndex((time) => time >= at && time <= at + lookbackMs);
  const nextHistogram = histograms[next];
  if (nextHistogram !== undefined && times[next] === at) {
    result.setHistogram(step, nextHistogram);
    return;
  }
  const last = (next === -1 ? times.filter((time) => time < at).length : next) - 1;
  const previous = last >= from ? histograms[last] : undefined;
  if (previous === undefined) return;
  if (nextHistogram === undefined) {
    result.setHistogram(step, { ...previous, hint: 'unknown' });
    return;
  }
  const name = labels.get(metricNameLabel);
  const warnMixed = () => session.annotations.add(annotate.mixedExponentialCustom(name), selector);
  if (usesCustomBuckets(previous) !== usesCustomBuckets(nextHistogram)) {
    warnMixed();
    return;
  }
  const isCounter = previous.hint !== 'gauge' || nextHistogram.hint !== 'gauge';
  try {
    const a = { timeMs: times[last] ?? 0, histogram: previous };
    const b = { timeMs: times[next] ?? 0, histogram: nextHistogram };
    const note = (operation: 'addition' | 'subtraction') =>
      session.annotations.add(annotate.boundsReconciled(operation), selector);
    result.setHistogram(step, interpolateHistograms(a, b, { at, isCounter, note }));
  } catch (error) {
    if (!(error instanceof IncompatibleHistograms)) throw error;
    warnMixed();
  }
}
