// Quantiles and fractions of native histograms: linear inside custom buckets and the zero bucket, on a logarithmic scale
// inside exponential ones.
import { type Annotation, annotate } from '../annotations.ts';
import { type Bucket, type FloatHistogram, listBuckets, usesCustomBuckets } from '../histogram/float-histogram.ts';
import { fractionBelow } from '../histogram/trim.ts';

type Note = (annotation: Annotation) => void;

/** The value below which the share `q` of the observations lies. */
export function findNativeQuantile(
  q: number,
  h: FloatHistogram,
  { metric, note }: { metric: string; note: Note },
): number {
  if (q < 0) return Number.NEGATIVE_INFINITY;
  if (q > 1) return Number.POSITIVE_INFINITY;
  if (h.count === 0 || Number.isNaN(q)) return Number.NaN;
  const hasNaN = Number.isNaN(h.sum);
  // NaN observations count but are in no bucket, so with them only the way from below is right.
  const forward = hasNaN || q < 0.5;
  const rank = (forward ? q : 1 - q) * h.count;
  const all = listBuckets(h);
  const ordered = forward ? all : all.reverse();
  const { bucket, count: reached, rest } = walkToRank(ordered, rank);
  const { lower, upper } = narrowZeroBucket(h, bucket);
  if (usesCustomBuckets(h)) {
    if (lower === Number.NEGATIVE_INFINITY && upper <= 0) return upper;
    if (lower !== Number.NEGATIVE_INFINITY && upper === Number.POSITIVE_INFINITY) return lower;
  }
  const count = Math.min(reached, h.count);
  if (count < rank) {
    if (!hasNaN) return upper;
    note(annotate.quantileOfNaN(metric));
    return Number.NaN;
  }
  if (hasNaN && count + rest < h.count) note(annotate.quantileSkewedByNaN(metric));
  const inBucket = forward ? rank - (count - bucket.count) : count - rank;
  const start = usesCustomBuckets(h) && lower === Number.NEGATIVE_INFINITY ? 0 : lower;
  return interpolateInside({ lower: start, upper }, inBucket / bucket.count, usesCustomBuckets(h));
}

/** The share of the observations between two values. */
export function findNativeFraction(
  { lower, upper }: { readonly lower: number; readonly upper: number },
  h: FloatHistogram,
  { metric, note }: { metric: string; note: Note },
): number {
  if (h.count === 0 || Number.isNaN(lower) || Number.isNaN(upper)) return Number.NaN;
  if (lower >= upper) return 0;
  const buckets = listBuckets(h);
  let total = h.count;
  if (Number.isNaN(h.sum)) {
    total = buckets.reduce((sum, bucket) => sum + bucket.count, 0);
    if (total < h.count) note(annotate.fractionWithNaN(metric));
  }
  const rank = (value: number) => Math.min(total, rankOf(value, h, buckets));
  return (rank(upper) - rank(lower)) / h.count;
}

function rankOf(value: number, h: FloatHistogram, buckets: readonly Bucket[]): number {
  let rank = 0;
  for (const wide of buckets) {
    const isZero = wide.lower <= 0 && wide.upper >= 0;
    const bucket = isZero ? { ...wide, ...narrow(h, wide) } : wide;
    if (bucket.lower >= value) return rank;
    if (bucket.upper > value) {
      const isLinear = isZero || usesCustomBuckets(h);
      if (isLinear && bucket.lower === Number.NEGATIVE_INFINITY) return bucket.count;
      return rank + bucket.count * fractionBelow(bucket, value, { isLinear });
    }
    rank += bucket.count;
  }
  return Number.POSITIVE_INFINITY;
}

const noBucket: Bucket = { lower: 0, upper: 0, lowerInclusive: false, upperInclusive: false, count: 0 };

function walkToRank(buckets: readonly Bucket[], rank: number): { bucket: Bucket; count: number; rest: number } {
  let count = 0;
  let bucket = noBucket;
  let i = 0;
  for (; i < buckets.length; i++) {
    bucket = buckets[i] ?? noBucket;
    count += bucket.count;
    if (bucket.count !== 0 && count >= rank) break;
  }
  const rest = buckets.slice(i + 1).reduce((sum, { count: more }) => sum + more, 0);
  return { bucket, count, rest };
}

function narrowZeroBucket(h: FloatHistogram, bucket: Bucket): { lower: number; upper: number } {
  const spansZero = bucket.lower < 0 && bucket.upper > 0;
  return spansZero && !usesCustomBuckets(h) ? narrow(h, bucket) : bucket;
}

/** If observations are on one side only, so are those in the zero bucket. */
function narrow(h: FloatHistogram, { lower, upper }: Bucket): { lower: number; upper: number } {
  const hasPositive = h.positive.indexes.length > 0;
  const hasNegative = h.negative.indexes.length > 0;
  if (hasPositive && !hasNegative) return { lower: 0, upper };
  return hasNegative && !hasPositive ? { lower, upper: 0 } : { lower, upper };
}

function interpolateInside(
  { lower, upper }: { lower: number; upper: number },
  fraction: number,
  isCustom: boolean,
): number {
  if (isCustom || (lower <= 0 && upper >= 0)) return lower + (upper - lower) * fraction;
  const logLower = Math.log2(Math.abs(lower));
  const logUpper = Math.log2(Math.abs(upper));
  if (lower > 0) return 2 ** (logLower + (logUpper - logLower) * fraction);
  return -(2 ** (logUpper + (logLower - logUpper) * (1 - fraction)));
}
