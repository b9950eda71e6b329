// quantile_over_time: histograms by interval, turned into one series per quantile.
import { nil, toFloat } from '../values.ts';
import { type Buckets, log2Quantile } from './log2.ts';
import type { Exemplar, Label, Series } from './series.ts';
import type { Tally } from './series-table.ts';

interface Histogram {
  readonly labels: readonly Label[];
  /** By bucket, smallest first: its largest value, the logarithm of that to the base of two, and its first cell. */
  readonly maxima: Float64Array;
  readonly powers: Float64Array;
  readonly firsts: Int32Array;
  readonly exemplars: readonly Exemplar[];
}

interface QuantileOptions {
  readonly quantiles: readonly number[];
  /** How many. */
  readonly intervals: number;
  /** By cell. */
  readonly counts: Uint32Array;
}

/** Tallies of buckets as series with a quantile label `p`. */
export function toQuantiles(tallies: readonly Tally[], options: QuantileOptions): Series[] {
  const { quantiles, intervals, counts } = options;
  const byLabels = new Map<readonly Label[], Tally[]>();
  for (const tally of tallies) {
    const group = byLabels.get(tally.labels);
    if (group) group.push(tally);
    else byLabels.set(tally.labels, [tally]);
  }
  const histograms = [...byLabels.values()].map(makeHistogram);
  const overall = mergeAll(tallies, options);
  const typical = quantiles.map((quantile) => log2Quantile(quantile, overall));
  return histograms.flatMap((histogram) => {
    const values = quantiles.map(() => new Float64Array(intervals));
    const counted = makeBuckets(histogram.firsts.length);
    for (let interval = 0; interval < intervals; interval++) {
      fillBuckets(counted, histogram, counts, interval);
      for (let i = 0; i < values.length; i++) values[i]![interval] = log2Quantile(quantiles[i]!, counted); // one for each
    }
    return quantiles.map((quantile, i) => ({
      labels: [...histogram.labels, { name: 'p', value: { type: 'float', value: quantile } } as const],
      values: values[i] ?? new Float64Array(intervals),
      exemplars: histogram.exemplars.filter((e) => nearest(e.value, typical) === i),
    }));
  });
}

function makeHistogram(tallies: readonly Tally[]): Histogram {
  const sorted = [...tallies].sort((a, b) => maxOf(a) - maxOf(b));
  const maxima = Float64Array.from(sorted, maxOf);
  return {
    labels: tallies[0]?.labels ?? [],
    maxima,
    powers: maxima.map(Math.log2),
    firsts: Int32Array.from(sorted, ({ first }) => first),
    exemplars: tallies.flatMap(({ exemplars }) => exemplars),
  };
}

function maxOf({ bucket }: Tally): number {
  return toFloat(bucket ?? nil);
}

type GrowingBuckets = { -readonly [key in keyof Buckets]: Buckets[key] };

function makeBuckets(most: number): GrowingBuckets {
  const make = () => new Float64Array(most);
  return { maxima: make(), powers: make(), counts: make(), length: 0, total: 0 };
}

// Empty buckets are left out: quantiles are interpolated between those that hold something.
function fillBuckets(
  into: GrowingBuckets,
  { maxima, powers, firsts }: Histogram,
  counts: Uint32Array,
  interval: number,
): void {
  let length = 0;
  let total = 0;
  for (let i = 0; i < firsts.length; i++) {
    const count = counts[firsts[i]! + interval]!; // there is a cell for each interval of each bucket
    if (count === 0) continue;
    into.maxima[length] = maxima[i]!; // all are as long as the first ones
    into.powers[length] = powers[i]!;
    into.counts[length++] = count;
    total += count;
  }
  into.length = length;
  into.total = total;
}

function mergeAll(tallies: readonly Tally[], { intervals, counts }: QuantileOptions): Buckets {
  const sums = new Map<number, number>();
  for (const tally of tallies) {
    const max = maxOf(tally);
    sums.set(max, (sums.get(max) ?? 0) + addAll(counts, tally.first, tally.first + intervals));
  }
  const sorted = [...sums].sort(([a], [b]) => a - b);
  return {
    maxima: Float64Array.from(sorted, ([max]) => max),
    powers: Float64Array.from(sorted, ([max]) => Math.log2(max)),
    counts: Float64Array.from(sorted, ([, count]) => count),
    length: sorted.length,
    total: sorted.reduce((total, [, count]) => total + count, 0),
  };
}

function addAll(counts: Uint32Array, from: number, to: number): number {
  let sum = 0;
  for (let cell = from; cell < to; cell++) sum += counts[cell]!; // as above
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
