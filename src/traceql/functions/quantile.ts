// quantile_over_time: histograms by interval, turned into one series per quantile.
import { groupKey, toFloat } from '../values.ts';
import { type Bucket, log2Quantile } from './log2.ts';
import type { Exemplar, Label, Series } from './series.ts';

interface Histogram {
  readonly labels: readonly Label[];
  readonly byInterval: Bucket[][];
  readonly exemplars: Exemplar[];
}

/** Series with a bucket label last, as series with a quantile label `p`. */
export function toQuantiles(buckets: readonly Series[], quantiles: readonly number[], intervals: number): Series[] {
  const histograms = collect(buckets, intervals);
  const overall = mergeAll(histograms).sort(byMax);
  const typical = quantiles.map((quantile) => log2Quantile(quantile, overall));
  return histograms.flatMap((histogram) =>
    quantiles.map((quantile, i) => ({
      labels: [...histogram.labels, { name: 'p', value: { type: 'float', value: quantile } } as const],
      values: Float64Array.from(histogram.byInterval, (bs) => log2Quantile(quantile, bs.sort(byMax))),
      exemplars: histogram.exemplars.filter((e) => nearest(e.value, typical) === i),
    })),
  );
}

function collect(buckets: readonly Series[], intervals: number): Histogram[] {
  const byLabels = new Map<string, Histogram>();
  for (const { labels, values, exemplars } of buckets) {
    const own = labels.slice(0, -1);
    const last = labels.at(-1);
    const key = own.map((l) => `${l.name}=${groupKey(l.value)}`).join(',');
    const histogram = byLabels.get(key) ?? {
      labels: own,
      byInterval: Array.from({ length: intervals }, () => []),
      exemplars: [],
    };
    byLabels.set(key, histogram);
    const max = last ? toFloat(last.value) : 0;
    values.forEach((count, i) => {
      if (count > 0) histogram.byInterval[i]?.push({ max, count });
    });
    histogram.exemplars.push(...exemplars);
  }
  return [...byLabels.values()];
}

function mergeAll(histograms: readonly Histogram[]): Bucket[] {
  const counts = new Map<number, number>();
  for (const { byInterval } of histograms)
    for (const { max, count } of byInterval.flat()) counts.set(max, (counts.get(max) ?? 0) + count);
  return [...counts].map(([max, count]) => ({ max, count }));
}

function byMax(a: Bucket, b: Bucket): number {
  return a.max - b.max;
}

// An exemplar goes to the quantile whose overall value it is nearest to.
function nearest(value: number, candidates: readonly number[]): number {
  let best = -1;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const [i, candidate] of candidates.entries()) {
    const distance = Math.abs(value - candidate);
    if (distance < bestDistance) {
      best = i;
      bestDistance = distance;
    }
  }
  return best;
}
