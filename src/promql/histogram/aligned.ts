// Quick ways for native histograms of one layout, which those of one metric nearly always have. They give the very bits that
// combine.ts gives, with one new histogram instead of one per operation; for other histograms they answer undefined.
import { mergeHints } from './combine.ts';
import {
  type Buckets,
  compact,
  equalLists,
  type FloatHistogram,
  getExponentialBound,
  noBuckets,
  usesCustomBuckets,
} from './float-histogram.ts';
import { KahanSum } from './kahan.ts';

/** `(last - first) * factor` as a gauge, without empty buckets. */
export function scaleDifference(
  last: FloatHistogram,
  first: FloatHistogram,
  factor: number,
): FloatHistogram | undefined {
  if (!isPlain(last) || !haveSameLayout(last, first)) return undefined;
  return compact({
    hint: 'gauge',
    schema: last.schema,
    zeroThreshold: last.zeroThreshold,
    zeroCount: (last.zeroCount - first.zeroCount) * factor,
    count: (last.count - first.count) * factor,
    sum: (last.sum - first.sum) * factor,
    positive: scaleBuckets(last.positive, first.positive, factor),
    negative: scaleBuckets(last.negative, first.negative, factor),
    customValues: last.customValues,
  });
}

/** The sum, compensated for rounding, without empty buckets. */
export function sumAligned(list: readonly FloatHistogram[]): FloatHistogram | undefined {
  const [first] = list;
  if (first === undefined || !isPlain(first)) return undefined;
  for (const one of list) if (!haveSameLayout(first, one)) return undefined;
  const sum = new KahanSum();
  const total = (read: (h: FloatHistogram) => number): number => {
    sum.value = read(first);
    sum.compensation = 0;
    for (let at = 1; at < list.length; at++) sum.add(read(list[at]!)); // below its length
    return sum.total;
  };
  return compact({
    hint: list.reduce((hint, one) => mergeHints(hint, one.hint).hint, first.hint),
    schema: first.schema,
    zeroThreshold: first.zeroThreshold,
    zeroCount: total((h) => h.zeroCount),
    count: total((h) => h.count),
    sum: total((h) => h.sum),
    positive: sumBuckets(list, sum, 'positive'),
    negative: sumBuckets(list, sum, 'negative'),
    customValues: first.customValues,
  });
}

// Buckets below the zero threshold would be dropped by an addition.
function isPlain(h: FloatHistogram): boolean {
  if (usesCustomBuckets(h) || h.zeroThreshold === 0) return true;
  return isAboveZero(h, h.positive) && isAboveZero(h, h.negative);
}

function isAboveZero({ schema, zeroThreshold }: FloatHistogram, { indexes: [lowest] }: Buckets): boolean {
  return lowest === undefined || getExponentialBound(lowest, schema) > zeroThreshold;
}

function haveSameLayout(a: FloatHistogram, b: FloatHistogram): boolean {
  return (
    a.schema === b.schema &&
    a.zeroThreshold === b.zeroThreshold &&
    equalLists(a.positive.indexes, b.positive.indexes) &&
    equalLists(a.negative.indexes, b.negative.indexes) &&
    equalLists(a.customValues, b.customValues)
  );
}

// Indexes below are those of one layout, so they are in all its lists.
function scaleBuckets(last: Buckets, first: Buckets, factor: number): Buckets {
  if (last.counts.length === 0) return noBuckets;
  const counts = last.counts.slice();
  for (let i = 0; i < counts.length; i++) counts[i] = (counts[i]! - first.counts[i]!) * factor;
  return { indexes: last.indexes, counts };
}

function sumBuckets(list: readonly FloatHistogram[], sum: KahanSum, side: 'positive' | 'negative'): Buckets {
  const first = list[0]![side];
  if (first.counts.length === 0) return noBuckets;
  const columns = list.map((h) => h[side].counts);
  const counts = first.counts.slice();
  for (let i = 0; i < counts.length; i++) {
    sum.value = counts[i]!;
    sum.compensation = 0;
    for (let at = 1; at < columns.length; at++) sum.add(columns[at]![i]!);
    counts[i] = sum.total;
  }
  return { indexes: first.indexes, counts };
}
