// quantile_over_time: histograms by interval, turned into one series per quantile.
import { type Room, wordBytes } from '../kernels/room.ts';
import { nil, toFloat } from '../values.ts';
import { type Buckets, log2Quantile } from './log2.ts';
import type { Exemplar, Label, Series } from './series.ts';
import type { Tally } from './series-table.ts';

const doubleBytes = 8;

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
  readonly room: Room;
  /** By cell, in the room. */
  readonly counts: () => Uint32Array;
}

/** Tallies of buckets as series with a quantile label `p`. */
export function toQuantiles(tallies: readonly Tally[], options: QuantileOptions): Series[] {
  const { quantiles } = options;
  const byLabels = new Map<readonly Label[], Tally[]>();
  for (const tally of tallies) {
    const group = byLabels.get(tally.labels);
    if (group) group.push(tally);
    else byLabels.set(tally.labels, [tally]);
  }
  const histograms = [...byLabels.values()].map(makeHistogram);
  const overall = mergeAll(tallies, options);
  const typical = quantiles.map((quantile) => log2Quantile(quantile, overall));
  const reader = new QuantileReader(Math.max(0, ...histograms.map(({ firsts }) => firsts.length)), options);
  return histograms.flatMap((histogram) => {
    reader.open(histogram);
    return quantiles.map((quantile, i) => ({
      labels: [...histogram.labels, { name: 'p', value: { type: 'float', value: quantile } } as const],
      values: reader.read(quantile),
      exemplars: histogram.exemplars.filter((e) => nearest(e.value, typical) === i),
    }));
  });
}

const nothing = 2 ** 32 - 1;

/** Reads quantiles of one histogram after the other from where spans were counted. */
class QuantileReader {
  private readonly options: QuantileOptions;
  /** Places for buckets and powers, and for what the kernel finds by interval. */
  private readonly buckets: number;
  private readonly powers: number;
  private readonly foundPowers: number;
  private readonly foundBuckets: number;
  private histogram: Histogram | undefined;

  /** `most`: buckets of a histogram. */
  constructor(most: number, options: QuantileOptions) {
    const { room, intervals } = options;
    this.options = options;
    this.buckets = room.take(most * wordBytes);
    this.powers = room.take(most * doubleBytes);
    this.foundPowers = room.take(intervals * doubleBytes);
    this.foundBuckets = room.take(intervals * wordBytes);
  }

  open(histogram: Histogram): void {
    const { room, counts } = this.options;
    const { byteOffset } = counts();
    const cells = histogram.firsts.map((first) => byteOffset + first * wordBytes);
    room.words.set(cells, this.buckets / wordBytes);
    room.doubles.set(histogram.powers, this.powers / doubleBytes);
    this.histogram = histogram;
  }

  /** A quantile of the open histogram, by interval; 0 where nothing was counted. */
  read(quantile: number): Float64Array {
    const { room, intervals } = this.options;
    const maxima = this.histogram?.maxima ?? new Float64Array(0);
    const { buckets, powers, foundPowers, foundBuckets } = this;
    room.kernels.quantile(buckets, maxima.length, powers, intervals, quantile, foundPowers, foundBuckets);
    const ofPowers = room.doubles.subarray(foundPowers / doubleBytes);
    const ofBuckets = room.words.subarray(foundBuckets / wordBytes);
    const values = new Float64Array(intervals);
    for (let interval = 0; interval < intervals; interval++) {
      const bucket = ofBuckets[interval]!; // there is one of each for every interval
      if (bucket === 0) values[interval] = 2 ** ofPowers[interval]!;
      else if (bucket !== nothing) values[interval] = maxima[bucket - 1]!; // buckets are of the histogram
    }
    return values;
  }
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

function mergeAll(tallies: readonly Tally[], { intervals, counts: read }: QuantileOptions): Buckets {
  const counts = read();
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
