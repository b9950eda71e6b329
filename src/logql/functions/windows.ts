// Range aggregations: what each makes of the samples in one window. Windows are places `from … to` in a series' columns.

import { sortAround } from '../../std/sort-around.ts';
import type { RangeOp } from '../ast.ts';
import type { SampleSeries } from '../sample-series.ts';

export interface Window {
  readonly series: SampleSeries;
  readonly from: number;
  /** Exclusive; never equal to `from`. */
  readonly to: number;
  readonly rangeSeconds: number;
  readonly parameter: number;
}

export type WindowFunction = (window: Window) => number;

/** By operation. absent_over_time is not here: it speaks where there is no window. */
export const windowFunctions: Readonly<Record<Exclude<RangeOp, 'absent_over_time'>, WindowFunction>> = {
  count_over_time: ({ from, to }) => to - from,
  rate: (window) => sum(window) / window.rangeSeconds,
  bytes_over_time: sum,
  bytes_rate: (window) => sum(window) / window.rangeSeconds,
  sum_over_time: sum,
  avg_over_time: average,
  min_over_time: (window) => fold(window, (kept, value) => (value < kept || Number.isNaN(kept) ? value : kept)),
  max_over_time: (window) => fold(window, (kept, value) => (value > kept || Number.isNaN(kept) ? value : kept)),
  stdvar_over_time: variance,
  stddev_over_time: (window) => Math.sqrt(variance(window)),
  quantile_over_time: (window) => quantile(window.parameter, valuesOf(window)),
  first_over_time: ({ series, from }) => series.values?.[from] ?? 1,
  last_over_time: ({ series, to }) => series.values?.[to - 1] ?? 1,
  rate_counter: rateCounter,
};

function valuesOf({ series, from, to }: Window): Float64Array {
  return series.values?.subarray(from, to) ?? new Float64Array(to - from).fill(1);
}

function sum({ series, from, to }: Window): number {
  const { values } = series;
  if (values === undefined) return to - from;
  let total = 0;
  for (let i = from; i < to; i++) total += values[i] ?? 0;
  return total;
}

function average(window: Window): number {
  let mean = 0;
  let count = 0;
  for (const value of valuesOf(window)) {
    count++;
    if (!Number.isFinite(mean) && mean === value) continue;
    mean += value / count - mean / count;
  }
  return mean;
}

function fold(window: Window, choose: (kept: number, value: number) => number): number {
  return valuesOf(window).reduce(choose);
}

// Welford's method.
function variance(window: Window): number {
  let count = 0;
  let mean = 0;
  let squares = 0;
  for (const value of valuesOf(window)) {
    count++;
    const delta = value - mean;
    mean += delta / count;
    squares += delta * (value - mean);
  }
  return squares / count;
}

/** Interpolates between the two nearest ranks, as Prometheus does. Below 0 it is -Inf, above 1 +Inf. */
export function quantile(q: number, values: Float64Array): number {
  if (values.length === 0 || Number.isNaN(q)) return Number.NaN;
  if (q < 0) return Number.NEGATIVE_INFINITY;
  if (q > 1) return Number.POSITIVE_INFINITY;
  const sorted = values.slice();
  const rank = q * (sorted.length - 1);
  const lower = Math.max(0, Math.floor(rank));
  const upper = Math.min(sorted.length - 1, lower + 1);
  const weight = rank - Math.floor(rank);
  sortAround(sorted, lower);
  return (sorted[lower] ?? 0) * (1 - weight) + (sorted[upper] ?? 0) * weight;
}

// Loki extrapolates like Prometheus but mixes units: the interval between samples counts in microseconds, the range in
// seconds. The result is what its users see, so it is kept.
function rateCounter({ series, from, to, rangeSeconds }: Window): number {
  const { times, values } = series;
  if (to - from < 2) return 0;
  const first = values?.[from] ?? 1;
  let increase = (values?.[to - 1] ?? 1) - first;
  let last = 0;
  for (let i = from; i < to; i++) {
    const value = values?.[i] ?? 1;
    if (value < last) increase += last;
    last = value;
  }
  const sampled = ((times[to - 1] ?? 0) - (times[from] ?? 0)) / 1000;
  const average = sampled / (to - from - 1);
  let toStart = rangeSeconds;
  if (increase > 0 && first >= 0) toStart = Math.min(toStart, sampled * (first / increase));
  const extrapolated = sampled + (toStart < average * 1.1 ? toStart : average / 2);
  return (increase * (extrapolated / sampled)) / rangeSeconds;
}
