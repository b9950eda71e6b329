// The operators `</` and `>/`: what a histogram holds below or above a value, with buckets that contain it interpolated.
import {
  type Bucket,
  type Buckets,
  compact,
  type FloatHistogram,
  getZeroBucket,
  listSide,
  usesCustomBuckets,
} from './float-histogram.ts';

/** `upper` cuts off what lies above `limit`, `lower` what lies below. Count and sum are estimated anew if anything goes. */
export function trimBuckets(h: FloatHistogram, limit: number, cut: 'upper' | 'lower'): FloatHistogram {
  const positive = trimSide(h, { side: 'positive', limit, cut });
  const negative = trimSide(h, { side: 'negative', limit, cut });
  let { count, sum } = { count: positive.count + negative.count, sum: positive.sum + negative.sum };
  let { zeroCount } = h;
  let isTrimmed = positive.isTrimmed || negative.isTrimmed;
  if (h.zeroCount > 0) {
    const sides = { hasPositive: positive.isPopulated, hasNegative: negative.isPopulated };
    const kept = trimZero(getZeroBucket(h), { limit, cut, ...sides });
    isTrimmed ||= kept.count !== h.zeroCount;
    zeroCount = kept.count;
    sum += kept.midpoint * kept.count;
    count += kept.count;
  }
  if (!isTrimmed) return h;
  return compact({ ...h, positive: positive.buckets, negative: negative.buckets, zeroCount, count, sum });
}

/** What is kept of a bucket, and the value taken to stand for it. */
interface Kept {
  readonly count: number;
  readonly midpoint: number;
}

interface Side {
  readonly side: 'positive' | 'negative';
  readonly limit: number;
  readonly cut: 'upper' | 'lower';
}

function trimSide(h: FloatHistogram, { side, limit, cut }: Side) {
  const isLinear = usesCustomBuckets(h);
  const isPositive = side === 'positive';
  let count = 0;
  let sum = 0;
  let isTrimmed = false;
  let isPopulated = false;
  const counts = listSide(h, side).map((bucket) => {
    if (bucket.count === 0) return 0;
    isPopulated = true;
    const isKept = cut === 'upper' ? bucket.upper <= limit : bucket.lower >= limit;
    const isCut = cut === 'upper' ? bucket.lower < limit : bucket.upper > limit;
    const whole = { count: bucket.count, midpoint: findMidpoint(bucket.lower, bucket.upper, { isPositive, isLinear }) };
    const kept = isKept ? whole : isCut ? cutBucket(bucket, { limit, cut, isPositive, isLinear }) : nothing;
    if (kept.count !== bucket.count) isTrimmed = true;
    count += kept.count;
    sum += kept.midpoint * kept.count;
    return kept.count;
  });
  const buckets: Buckets = { indexes: h[side].indexes, counts };
  return { buckets, count, sum, isTrimmed, isPopulated };
}

const nothing: Kept = { count: 0, midpoint: 0 };

interface Shape {
  readonly isPositive: boolean;
  readonly isLinear: boolean;
}

function cutBucket(bucket: Bucket, { limit, cut, ...shape }: Shape & Omit<Side, 'side'>): Kept {
  if (bucket.lower === Number.NEGATIVE_INFINITY) return cutOpenBelow(bucket, limit, cut);
  if (bucket.upper === Number.POSITIVE_INFINITY) return cutOpenAbove(bucket, limit, cut);
  const below = countBelow(bucket, limit, shape);
  if (cut === 'upper') return { count: below, midpoint: findMidpoint(bucket.lower, limit, shape) };
  return { count: bucket.count - below, midpoint: findMidpoint(limit, bucket.upper, shape) };
}

// Nothing is known about the spread inside an infinite bucket: it is kept or dropped whole, unless zero is taken for its
// lower end, as quantiles do.
function cutOpenBelow({ upper, count }: Bucket, limit: number, cut: 'upper' | 'lower'): Kept {
  const isBounded = upper !== Number.POSITIVE_INFINITY;
  const dropped = { count: 0, midpoint: isBounded ? upper : 0 };
  if (cut === 'upper') {
    if (limit >= upper) return { count, midpoint: 0 };
    if (limit > 0 && upper > 0 && isBounded) return { count: (count * limit) / upper, midpoint: limit / 2 };
    return upper <= 0 ? { count, midpoint: limit } : dropped;
  }
  if (limit === Number.NEGATIVE_INFINITY) return { count, midpoint: 0 };
  if (limit >= 0 && upper > limit && isBounded) {
    return { count: count * (1 - limit / upper), midpoint: (limit + upper) / 2 };
  }
  return dropped;
}

function cutOpenAbove({ lower, count }: Bucket, limit: number, cut: 'upper' | 'lower'): Kept {
  return cut === 'lower' && limit >= lower ? { count, midpoint: limit } : { count: 0, midpoint: lower };
}

function countBelow(bucket: Bucket, limit: number, { isLinear }: Shape): number {
  if (limit <= bucket.lower) return 0;
  if (limit >= bucket.upper) return bucket.count;
  return bucket.count * fractionBelow(bucket, limit, { isLinear });
}

/** Which share of a bucket lies below a value inside it: by width, or by width on a logarithmic scale. */
export function fractionBelow(
  { lower, upper }: Pick<Bucket, 'lower' | 'upper'>,
  value: number,
  { isLinear }: { readonly isLinear: boolean },
): number {
  if (isLinear) return (value - lower) / (upper - lower);
  const [logLower, logUpper, logValue] = [lower, upper, value].map((x) => Math.log2(Math.abs(x))) as [
    number,
    number,
    number,
  ]; // three in, three out
  if (value > 0) return (logValue - logLower) / (logUpper - logLower);
  return 1 - (logValue - logUpper) / (logLower - logUpper);
}

function trimZero(
  { lower: wideLower, upper: wideUpper, count }: Bucket,
  of: { limit: number; cut: 'upper' | 'lower'; hasPositive: boolean; hasNegative: boolean },
): Kept {
  const { limit } = of;
  const upper = of.hasNegative && !of.hasPositive ? 0 : wideUpper;
  const lower = of.hasPositive && !of.hasNegative ? 0 : wideLower;
  const whole = { count, midpoint: (lower + upper) / 2 };
  if (of.cut === 'upper') {
    if (limit <= lower) return nothing;
    if (limit >= upper) return whole;
    return { count: count * ((limit - lower) / (upper - lower)), midpoint: (lower + limit) / 2 };
  }
  if (limit <= lower) return whole;
  if (limit >= upper) return nothing;
  return { count: count * ((upper - limit) / (upper - lower)), midpoint: (limit + upper) / 2 };
}

function findMidpoint(lower: number, upper: number, { isPositive, isLinear }: Shape): number {
  const openBelow = !Number.isFinite(lower);
  const openAbove = !Number.isFinite(upper);
  if (openBelow && openAbove) return 0;
  if (openBelow) return upper > 0 ? upper / 2 : upper;
  if (openAbove) return lower;
  if (isLinear) return (lower + upper) / 2;
  const geometric = Math.sqrt(Math.abs(lower * upper));
  return isPositive ? geometric : -geometric;
}
