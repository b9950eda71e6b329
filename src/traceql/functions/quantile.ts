// quantile_over_time: histograms by interval, turned into one series per quantile.
import { groupKey, toFloat } from '../values.ts';
import { type Buckets, log2Quantile } from './log2.ts';
import type { Exemplar, Label, Series } from './series.ts';

interface Histogram {
  readonly labels: readonly Label[];
  /** Smallest first; their counts are by interval. */
  readonly buckets: { readonly max: number; readonly power: number; readonly counts: Float64Array }[];
  readonly exemplars: Exemplar[];
}

/** Series with a bucket label last, as series with a quantile label `p`. */
export function toQuantiles(buckets: readonly Series[], quantiles: readonly number[], intervals: number): Series[] {
  const histograms = collect(buckets);
  const overall = mergeAll(histograms);
  const typical = quantiles.map((quantile) => log2Quantile(quantile, overall));
  return histograms.flatMap((histogram) => {
    const values = quantiles.map(() => new Float64Array(intervals));
    const counted = makeBuckets(histogram.buckets.length);
    for (let interval = 0; interval < intervals; interval++) {
      fillBuckets(counted, histogram, interval);
      for (let i = 0; i < values.length; i++) values[i]![interval] = log2Quantile(quantiles[i]!, counted); // one for each
    }
    return quantiles.map((quantile, i) => ({
      labels: [...histogram.labels, { name: 'p', value: { type: 'float', value: quantile } } as const],
      values: values[i] ?? new Float64Array(intervals),
      exemplars: histogram.exemplars.filter((e) => nearest(e.value, typical) === i),
    }));
  });
}

function collect(buckets: readonly Series[]): Histogram[] {
  const byLabels = new Map<string, Histogram>();
  for (const { labels, values, exemplars } of buckets) {
    const own = labels.slice(0, -1);
    const last = labels.at(-1);
    const key = own.map((l) => `${l.name}=${groupKey(l.value)}`).join(',');
    const histogram = byLabels.get(key) ?? { labels: own, buckets: [], exemplars: [] };
    byLabels.set(key, histogram);
    const max = last ? toFloat(last.value) : 0;
    histogram.buckets.push({ max, power: Math.log2(max), counts: values });
    histogram.exemplars.push(...exemplars);
  }
  const histograms = [...byLabels.values()];
  for (const { buckets: own } of histograms) own.sort((a, b) => a.max - b.max);
  return histograms;
}

type GrowingBuckets = { -readonly [key in keyof Buckets]: Buckets[key] };

function makeBuckets(most: number): GrowingBuckets {
  const make = () => new Float64Array(most);
  return { maxima: make(), powers: make(), counts: make(), length: 0, total: 0 };
}

// Empty buckets are left out: quantiles are interpolated between those that hold something.
function fillBuckets(into: GrowingBuckets, { buckets }: Histogram, interval: number): void {
  into.length = 0;
  into.total = 0;
  for (let i = 0; i < buckets.length; i++) {
    const { max, power, counts } = buckets[i]!; // below its length
    const count = counts[interval]!; // counts are by interval
    if (count === 0) continue;
    into.maxima[into.length] = max;
    into.powers[into.length] = power;
    into.counts[into.length++] = count;
    into.total += count;
  }
}

function mergeAll(histograms: readonly Histogram[]): Buckets {
  const sums = new Map<number, number>();
  for (const { buckets } of histograms)
    for (const { max, counts } of buckets) sums.set(max, (sums.get(max) ?? 0) + addAll(counts));
  const sorted = [...sums].sort(([a], [b]) => a - b);
  const counts = Float64Array.from(sorted, ([, count]) => count);
  return {
    maxima: Float64Array.from(sorted, ([max]) => max),
    powers: Float64Array.from(sorted, ([max]) => Math.log2(max)),
    counts,
    length: sorted.length,
    total: addAll(counts),
  };
}

function addAll(counts: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < counts.length; i++) sum += counts[i]!; // below its length
  return sum;
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
