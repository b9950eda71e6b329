// Native histograms as PromQL computes with them: float counts in exponential or custom buckets. Values are immutable;
// every operation returns a new one.
import { finestBounds } from './exponential-bounds.ts';

/** What is known about a counter reset before this sample; `gauge` marks histograms that are no counters. */
export type ResetHint = 'unknown' | 'reset' | 'not_reset' | 'gauge';

/** Sparse buckets, by rising index. Empty buckets may be listed; compact() drops them. */
export interface Buckets {
  readonly indexes: readonly number[];
  readonly counts: readonly number[];
}

export interface FloatHistogram {
  readonly hint: ResetHint;
  /** -4…8: exponential with 2^schema buckets per power of two; -53: custom bounds. */
  readonly schema: number;
  readonly zeroThreshold: number;
  readonly zeroCount: number;
  readonly count: number;
  readonly sum: number;
  readonly positive: Buckets;
  readonly negative: Buckets;
  /** Upper bounds of custom buckets, rising, without +Inf. */
  readonly customValues: readonly number[];
}

export const customSchema = -53;
export const noBuckets: Buckets = { indexes: [], counts: [] };

export const emptyHistogram: FloatHistogram = {
  hint: 'unknown',
  schema: 0,
  zeroThreshold: 0,
  zeroCount: 0,
  count: 0,
  sum: 0,
  positive: noBuckets,
  negative: noBuckets,
  customValues: [],
};

export function usesCustomBuckets(h: FloatHistogram): boolean {
  return h.schema === customSchema;
}

/** The upper bound of a bucket on the positive side (its lower bound is that of the index before). */
export function getBound(index: number, schema: number, customValues: readonly number[]): number {
  if (schema !== customSchema) return getExponentialBound(index, schema);
  if (index < 0) return Number.NEGATIVE_INFINITY;
  return customValues[index] ?? Number.POSITIVE_INFINITY;
}

/** 2^(index/2^schema), with the last finite bucket ending at the largest float. */
export function getExponentialBound(index: number, schema: number): number {
  if (schema < 0) {
    const exponent = index * 2 ** -schema;
    return exponent === 1024 ? Number.MAX_VALUE : 2 ** exponent;
  }
  const octave = index >> schema;
  const fraction = finestBounds[(index - (octave << schema)) << (8 - schema)]!; // one of 256
  const exponent = octave + 1;
  if (fraction === 0.5 && exponent === 1025) return Number.MAX_VALUE;
  return scaleByPower(fraction, exponent);
}

/** One bucket with its bounds. */
export interface Bucket {
  readonly lower: number;
  readonly upper: number;
  readonly lowerInclusive: boolean;
  readonly upperInclusive: boolean;
  readonly count: number;
}

/** Buckets of one side, in rising order of index (for the negative side: falling values). */
export function listSide(h: FloatHistogram, side: 'positive' | 'negative'): Bucket[] {
  const { indexes, counts } = h[side];
  const isCustom = usesCustomBuckets(h);
  return indexes.map((index, i) => {
    const far = getBound(index, h.schema, h.customValues);
    const near = getBound(index - 1, h.schema, h.customValues);
    const lower = side === 'positive' ? near : -far;
    const upper = side === 'positive' ? far : -near;
    return {
      lower,
      upper,
      lowerInclusive: isCustom ? index === 0 : lower < 0,
      upperInclusive: isCustom ? true : upper > 0,
      count: counts[i] ?? 0,
    };
  });
}

export function getZeroBucket(h: FloatHistogram): Bucket {
  const { zeroThreshold, zeroCount } = h;
  return { lower: -zeroThreshold, upper: zeroThreshold, lowerInclusive: true, upperInclusive: true, count: zeroCount };
}

/** All buckets by rising value; those that overlap the zero bucket are cut at the zero threshold. */
export function listBuckets(h: FloatHistogram): Bucket[] {
  const buckets = listSide(h, 'negative').reverse();
  if (h.zeroCount > 0) buckets.push(getZeroBucket(h));
  for (const bucket of listSide(h, 'positive')) buckets.push(bucket);
  const { zeroThreshold } = h;
  return buckets.map((bucket) => {
    if (bucket.upper < 0 && bucket.upper > -zeroThreshold) return { ...bucket, upper: -zeroThreshold };
    if (bucket.lower > 0 && bucket.lower < zeroThreshold) return { ...bucket, lower: zeroThreshold };
    return bucket;
  });
}

/** Multiplies everything that counts; a negative factor makes a gauge of it. */
export function scale(h: FloatHistogram, factor: number): FloatHistogram {
  return mapCounts(h, factor < 0, (count) => count * factor);
}

/** Divides everything that counts; division by zero leaves no buckets. */
export function divide(h: FloatHistogram, divisor: number): FloatHistogram {
  const divided = mapCounts(h, divisor < 0, (count) => count / divisor);
  return divisor === 0 ? { ...divided, positive: noBuckets, negative: noBuckets } : divided;
}

/** Drops empty buckets. */
export function compact(h: FloatHistogram): FloatHistogram {
  const positive = compactBuckets(h.positive);
  const negative = compactBuckets(h.negative);
  return positive === h.positive && negative === h.negative ? h : { ...h, positive, negative };
}

export function compactBuckets(buckets: Buckets): Buckets {
  if (!buckets.counts.includes(0)) return buckets;
  const keep = buckets.counts.map((count) => count !== 0);
  return {
    indexes: buckets.indexes.filter((_, i) => keep[i]),
    counts: buckets.counts.filter((_, i) => keep[i]),
  };
}

/** Equality of data: same layout and same bits, NaN equal to NaN. The reset hint does not count. */
export function equalHistograms(a: FloatHistogram, b: FloatHistogram): boolean {
  return (
    a.schema === b.schema &&
    Object.is(a.count, b.count) &&
    Object.is(a.sum, b.sum) &&
    a.zeroThreshold === b.zeroThreshold &&
    Object.is(a.zeroCount, b.zeroCount) &&
    equalLists(a.customValues, b.customValues) &&
    equalBuckets(a.positive, b.positive) &&
    equalBuckets(a.negative, b.negative)
  );
}

export function equalLists(a: readonly number[], b: readonly number[]): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (!Object.is(a[i], b[i])) return false;
  return true;
}

/** Is any count or sum infinite? */
export function hasOverflow(h: FloatHistogram): boolean {
  const isInfinite = (value: number) => Math.abs(value) === Number.POSITIVE_INFINITY;
  return [h.zeroCount, h.count, h.sum, ...h.positive.counts, ...h.negative.counts, ...h.customValues].some(isInfinite);
}

/** Only count and sum, for functions that look at nothing else. */
export function dropBuckets(h: FloatHistogram): FloatHistogram {
  return { ...emptyHistogram, hint: h.hint, schema: h.schema, count: h.count, sum: h.sum };
}

function mapCounts(h: FloatHistogram, toGauge: boolean, change: (count: number) => number): FloatHistogram {
  const mapBuckets = ({ indexes, counts }: Buckets): Buckets => {
    if (counts.length === 0) return noBuckets;
    const changed = counts.slice();
    for (let i = 0; i < changed.length; i++) changed[i] = change(changed[i]!); // i is below its length
    return { indexes, counts: changed };
  };
  return {
    hint: toGauge ? 'gauge' : h.hint,
    schema: h.schema,
    zeroThreshold: h.zeroThreshold,
    zeroCount: change(h.zeroCount),
    count: change(h.count),
    sum: change(h.sum),
    positive: mapBuckets(h.positive),
    negative: mapBuckets(h.negative),
    customValues: h.customValues,
  };
}

function equalBuckets(a: Buckets, b: Buckets): boolean {
  return equalLists(a.indexes, b.indexes) && equalLists(a.counts, b.counts);
}

const lowestPower = -1021;
/** 2^-1021 to 2^1023: a look-up is several times faster than a power, and this runs for every bucket. */
const powers = Float64Array.from({ length: 1023 - lowestPower + 1 }, (_, i) => 2 ** (i + lowestPower));

// 2 ** exponent overflows or vanishes at the ends of the range where the product does not.
function scaleByPower(fraction: number, exponent: number): number {
  if (exponent > 1023) return fraction * 2 ** 1023 * 2 ** (exponent - 1023);
  if (exponent < lowestPower) return fraction * 2 ** lowestPower * 2 ** (exponent - lowestPower);
  return fraction * powers[exponent - lowestPower]!; // between both ends
}
