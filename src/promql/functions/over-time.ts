// Functions that fold all samples of a window into one value: *_over_time and their kin, for floats.
import { annotate } from '../annotations.ts';
import { KahanSum } from '../histogram/kahan.ts';
import { averageHistograms, sumHistograms } from './histograms-over-time.ts';
import { computeQuantile } from './quantile.ts';
import type { RangeFunction, RangeWindow } from './range-window.ts';

export const overTimeFunctions = {
  avg_over_time: (window) => foldEither(window, averageFloats, averageHistograms),
  sum_over_time: (window) => foldEither(window, sumFloats, sumHistograms),
  count_over_time: (window) => window.emitFloat(window.floatCount + window.histogramCount),
  present_over_time: (window) => window.emitFloat(1),
  absent_over_time: (window) => window.emitFloat(1),
  min_over_time: (window) => emitExtreme(window, -1),
  max_over_time: (window) => emitExtreme(window, 1),
  ts_of_min_over_time: (window) => emitTimeOf(window, (a, b) => a <= b),
  ts_of_max_over_time: (window) => emitTimeOf(window, (a, b) => a >= b),
  first_over_time: emitFirst,
  last_over_time: emitLast,
  ts_of_first_over_time: (window) => {
    const float = window.floatCount > 0 ? (window.series.times[window.from] ?? 0) : Number.POSITIVE_INFINITY;
    const histogram = window.histogramCount > 0 ? window.histogramTime(0) : Number.POSITIVE_INFINITY;
    window.emitFloat(Math.min(float, histogram) / 1000);
  },
  ts_of_last_over_time: (window) => window.emitFloat(Math.max(lastFloatTime(window), lastHistogramTime(window)) / 1000),
  stddev_over_time: (window) => emitVariance(window, Math.sqrt),
  stdvar_over_time: (window) => emitVariance(window, (variance) => variance),
  quantile_over_time: (window) => {
    if (window.floatCount === 0) return;
    const q = window.scalars[0] ?? Number.NaN;
    if (!(q >= 0 && q <= 1)) window.note(annotate.invalidQuantile(q));
    noteIgnoredHistograms(window);
    window.emitFloat(computeQuantile(q, copyFloats(window)));
  },
  mad_over_time: (window) => {
    if (window.floatCount === 0) return;
    noteIgnoredHistograms(window);
    const values = copyFloats(window);
    const median = values.some(Number.isNaN) ? Number.NaN : computeQuantile(0.5, values);
    const deviations = values.map((value) => Math.abs(value - median));
    window.emitFloat(Number.isNaN(median) ? Number.NaN : computeQuantile(0.5, deviations));
  },
} satisfies Record<string, RangeFunction>;

/** Says that histograms beside floats were left out; nothing if there are none. */
export function noteIgnoredHistograms(window: RangeWindow): void {
  if (window.histogramCount > 0) window.note(annotate.histogramIgnoredInRange(window.metricName));
}

function foldEither(
  window: RangeWindow,
  floats: (window: RangeWindow) => number,
  histograms: (window: RangeWindow) => void,
): void {
  if (window.floatCount > 0 && window.histogramCount > 0) {
    window.note(annotate.mixedFloatsHistograms(window.metricName));
  } else if (window.histogramCount > 0) histograms(window);
  else window.emitFloat(floats(window));
}

function sumFloats({ from, to, series }: RangeWindow): number {
  const sum = new KahanSum();
  for (let i = from; i < to; i++) sum.add(series.values[i] ?? 0);
  return Number.isFinite(sum.value) || Number.isNaN(sum.value) ? sum.total : sum.value;
}

function averageFloats({ from, to, series }: RangeWindow): number {
  return averageOf(to - from, (i) => series.values[from + i] ?? 0);
}

/** The mean of `count` values; goes over to a running mean where the sum would overflow. */
export function averageOf(count: number, valueAt: (index: number) => number): number {
  const sum = new KahanSum(valueAt(0));
  let index = 1;
  for (; index < count; index++) {
    const { value, compensation } = sum;
    sum.add(valueAt(index));
    if (Math.abs(sum.value) !== Number.POSITIVE_INFINITY) continue;
    sum.value = value / index;
    sum.compensation = compensation / index;
    break;
  }
  if (index >= count) return sum.value / count + sum.compensation / count;
  for (; index < count; index++) {
    const share = index / (index + 1);
    sum.value *= share;
    sum.compensation *= share;
    sum.add(valueAt(index) / (index + 1));
  }
  return sum.total;
}

function emitExtreme(window: RangeWindow, sign: 1 | -1): void {
  if (window.floatCount === 0) return;
  noteIgnoredHistograms(window);
  window.emitFloat(window.findExtreme(sign));
}

function emitTimeOf(window: RangeWindow, beats: (a: number, b: number) => boolean): void {
  const { from, to, series } = window;
  if (to === from) return;
  noteIgnoredHistograms(window);
  let best = from;
  for (let i = from; i < to; i++) {
    const held = series.values[best] ?? 0;
    if (beats(series.values[i] ?? 0, held) || Number.isNaN(held)) best = i;
  }
  window.emitFloat((series.times[best] ?? 0) / 1000);
}

function emitFirst(window: RangeWindow): void {
  const { floatCount, histogramCount, series, from } = window;
  const floatIsFirst = floatCount > 0 && (series.times[from] ?? 0) < window.histogramTime(0);
  if (histogramCount === 0 || floatIsFirst) window.emitFloat(series.values[from] ?? 0);
  else window.emitHistogram(window.histogram(0));
}

function emitLast(window: RangeWindow): void {
  const { histogramCount, series, to } = window;
  if (histogramCount === 0 || lastHistogramTime(window) < lastFloatTime(window)) {
    window.emitFloat(series.values[to - 1] ?? 0);
  } else window.emitHistogram(window.histogram(histogramCount - 1));
}

function lastFloatTime({ series, to, floatCount }: RangeWindow): number {
  return floatCount > 0 ? (series.times[to - 1] ?? 0) : Number.NEGATIVE_INFINITY;
}

function lastHistogramTime(window: RangeWindow): number {
  const { histogramCount } = window;
  return histogramCount > 0 ? window.histogramTime(histogramCount - 1) : Number.NEGATIVE_INFINITY;
}

function emitVariance(window: RangeWindow, finish: (variance: number) => number): void {
  const { from, to, series } = window;
  if (to === from) return;
  noteIgnoredHistograms(window);
  const mean = new KahanSum();
  const squares = new KahanSum();
  for (let i = from; i < to; i++) {
    const value = series.values[i] ?? 0;
    const delta = value - mean.total;
    mean.add(delta / (i - from + 1));
    squares.add(delta * (value - mean.total));
  }
  window.emitFloat(finish(squares.total / (to - from)));
}

function copyFloats({ from, to, series }: RangeWindow): number[] {
  return Array.from(series.values.subarray(from, to));
}
