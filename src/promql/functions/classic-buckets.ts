// Classic histograms: cumulative counts in series that differ in the label `le` only.
import { parseGoFloat } from '../../std/go-strconv.ts';

/** Cumulative: how many observations are at most `upperBound`. */
export interface ClassicBucket {
  readonly upperBound: number;
  readonly count: number;
}

/** Where counts had to be raised because a wider bucket counted less than a narrower one. */
export interface Correction {
  readonly minBucket: number;
  readonly maxBucket: number;
  readonly maxDiff: number;
}

// Smaller relative differences come from rounding, when counts were summed in another order.
const smallDelta = 1e-12;

/** The bound that a label value `le` means; undefined if it is no number. */
export function parseBucketBound(text: string): number | undefined {
  const bound = parseGoFloat(text);
  return typeof bound === 'number' ? bound : undefined;
}

/**
 * The quantile, interpolated inside its bucket; zero is the lower end of the first bucket if that is positive. The highest
 * bucket answers with its lower end.
 */
export function findBucketQuantile(
  q: number,
  input: readonly ClassicBucket[],
): { readonly value: number; readonly correction: Correction | undefined } {
  const answer = (value: number, correction?: Correction) => ({ value, correction });
  if (Number.isNaN(q)) return answer(Number.NaN);
  if (q < 0) return answer(Number.NEGATIVE_INFINITY);
  if (q > 1) return answer(Number.POSITIVE_INFINITY);
  const coalesced = coalesce(input);
  if (coalesced.at(-1)?.upperBound !== Number.POSITIVE_INFINITY) return answer(Number.NaN);
  const { buckets, correction } = makeMonotonic(coalesced);
  const last = buckets.length - 1;
  const observations = buckets[last]?.count ?? 0;
  if (buckets.length < 2 || observations === 0) return answer(Number.NaN, correction);
  return answer(interpolateRank(buckets, q * observations), correction);
}

/** The share of observations between two values, interpolated inside the buckets that contain them. */
export function findBucketFraction(lower: number, upper: number, input: readonly ClassicBucket[]): number {
  const buckets = coalesce(input);
  const total = buckets.at(-1)?.count ?? 0;
  if (buckets.at(-1)?.upperBound !== Number.POSITIVE_INFINITY) return Number.NaN;
  if (total === 0 || Number.isNaN(lower) || Number.isNaN(upper)) return Number.NaN;
  if (lower >= upper) return 0;
  return (Math.min(total, rankOf(upper, buckets)) - Math.min(total, rankOf(lower, buckets))) / total;
}

function interpolateRank(buckets: readonly ClassicBucket[], rank: number): number {
  const last = buckets.length - 1;
  const found = buckets.findIndex((bucket, i) => i === last || bucket.count >= rank);
  const bucket = buckets[found];
  const below = buckets[found - 1];
  if (bucket === undefined || found === last) return buckets[last - 1]?.upperBound ?? Number.NaN;
  if (below === undefined && bucket.upperBound <= 0) return bucket.upperBound;
  const start = below?.upperBound ?? 0;
  const countBelow = below?.count ?? 0;
  return start + (bucket.upperBound - start) * ((rank - countBelow) / (bucket.count - countBelow));
}

/** How many observations lie below a value. */
function rankOf(value: number, buckets: readonly ClassicBucket[]): number {
  let rank = 0;
  let lowerBound = (buckets[0]?.upperBound ?? 0) <= 0 ? Number.NEGATIVE_INFINITY : 0;
  for (const { upperBound, count } of buckets) {
    if (lowerBound >= value) return rank;
    if (upperBound > value) {
      // Nothing is known about the spread inside an infinite bucket.
      if (lowerBound === Number.NEGATIVE_INFINITY) return count;
      return rank + ((count - rank) * (value - lowerBound)) / (upperBound - lowerBound);
    }
    rank = count;
    lowerBound = upperBound;
  }
  return Number.POSITIVE_INFINITY;
}

function coalesce(input: readonly ClassicBucket[]): ClassicBucket[] {
  const sorted = [...input].sort((a, b) => (a.upperBound < b.upperBound ? -1 : a.upperBound > b.upperBound ? 1 : 0));
  const out: ClassicBucket[] = [];
  for (const bucket of sorted) {
    const last = out.at(-1);
    if (last?.upperBound === bucket.upperBound) {
      out[out.length - 1] = { upperBound: bucket.upperBound, count: last.count + bucket.count };
    } else out.push(bucket);
  }
  return out;
}

function makeMonotonic(input: readonly ClassicBucket[]): {
  buckets: ClassicBucket[];
  correction: Correction | undefined;
} {
  let previous = input[0]?.count ?? 0;
  let correction: Correction | undefined;
  const buckets = input.map(({ upperBound, count }, i) => {
    if (i === 0 || count === previous) return { upperBound, count };
    if (isAlmostEqual(previous, count)) return { upperBound, count: previous };
    if (count < previous) {
      correction = {
        minBucket: Math.min(correction?.minBucket ?? Number.POSITIVE_INFINITY, upperBound),
        maxBucket: Math.max(correction?.maxBucket ?? Number.NEGATIVE_INFINITY, upperBound),
        maxDiff: Math.max(correction?.maxDiff ?? 0, previous - count),
      };
      return { upperBound, count: previous };
    }
    previous = count;
    return { upperBound, count };
  });
  return { buckets, correction };
}

const smallestNormal = 2.2250738585072014e-308;

function isAlmostEqual(a: number, b: number): boolean {
  if (Number.isNaN(a) && Number.isNaN(b)) return true;
  const sum = Math.abs(a) + Math.abs(b);
  const difference = Math.abs(a - b);
  if (a === 0 || b === 0 || sum < smallestNormal) return difference < smallDelta * smallestNormal;
  return difference / Math.min(sum, Number.MAX_VALUE) < smallDelta;
}
