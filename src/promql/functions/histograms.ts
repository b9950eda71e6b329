// Functions that read one number out of a native histogram; floats are left out.
import { type FloatHistogram, listBuckets, usesCustomBuckets } from '../histogram/float-histogram.ts';
import { KahanSum } from '../histogram/kahan.ts';
import { mergeSameLabels, StepSeries } from '../values.ts';
import { asVector, evaluateVector } from './arguments.ts';
import type { VectorFunction } from './vector-functions.ts';

const each =
  (read: (histogram: FloatHistogram) => number): VectorFunction =>
  async (scope, call) => {
    const out: StepSeries[] = [];
    for (const series of await evaluateVector(scope, call)) {
      if (series.histograms === undefined) continue;
      const result = new StepSeries(series.labels.dropMetricName(), scope.grid.count);
      for (let step = 0; step < scope.grid.count; step++) {
        const histogram = series.histogramAt(step);
        if (histogram) result.setFloat(step, read(histogram));
      }
      if (!result.isEmpty) out.push(result);
    }
    return asVector(mergeSameLabels(out));
  };

export const histogramFunctions = {
  histogram_count: each((h) => h.count),
  histogram_sum: each((h) => h.sum),
  histogram_avg: each((h) => h.sum / h.count),
  histogram_stddev: each((h) => Math.sqrt(estimateVariance(h))),
  histogram_stdvar: each(estimateVariance),
} satisfies Record<string, VectorFunction>;

/** Takes all observations of a bucket to lie in its middle: arithmetic for custom buckets, geometric for exponential ones. */
function estimateVariance(h: FloatHistogram): number {
  const mean = h.sum / h.count;
  const squares = new KahanSum();
  for (const { lower, upper, count } of listBuckets(h)) {
    if (count === 0) continue;
    const delta = findMiddle(h, lower, upper) - mean;
    squares.add(count * delta * delta);
  }
  return squares.total / h.count;
}

function findMiddle(h: FloatHistogram, lower: number, upper: number): number {
  if (usesCustomBuckets(h)) return (upper + lower) / 2;
  if (lower <= 0 && upper >= 0) return 0;
  const geometric = Math.sqrt(upper * lower);
  return upper < 0 ? -geometric : geometric;
}
