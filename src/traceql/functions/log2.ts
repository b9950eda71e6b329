// Tempo's histograms have buckets at powers of two; quantiles are interpolated between them, so they are coarse.

/** Powers of buckets are below this. */
export const largestPower = 65;
const wordBits = 32;
const wordSize = 2 ** wordBits;

/** The bucket of a whole number, as the power of two that it is rounded up to; undefined below 2. */
export function log2Power(value: number): number | undefined {
  if (value < 2) return undefined;
  if (value > Number.MAX_SAFE_INTEGER) return roundedPower(value);
  const below = Math.ceil(value) - 1;
  return below < wordSize ? wordBits - Math.clz32(below) : 2 * wordBits - Math.clz32(Math.floor(below / wordSize));
}

// Taking one from such a value would not change it.
function roundedPower(value: number): number {
  const power = Math.ceil(Math.log2(value));
  // The logarithm may round to the wrong side.
  if (2 ** power < value) return power + 1;
  return 2 ** (power - 1) >= value ? power - 1 : power;
}

export interface Bucket {
  readonly max: number;
  readonly count: number;
}

/** The quantile of buckets sorted by `max`; 0 if they are empty. */
export function log2Quantile(quantile: number, buckets: readonly Bucket[]): number {
  const total = buckets.reduce((sum, bucket) => sum + bucket.count, 0);
  if (total === 0) return 0;
  const wanted = Math.max(1, Math.ceil(quantile * total));
  let seen = 0;
  for (const [i, bucket] of buckets.entries()) {
    if (seen + bucket.count > wanted) return interpolate((wanted - seen) / bucket.count, bucket, buckets[i - 1]);
    seen += bucket.count;
    if (seen === wanted) return bucket.max;
  }
  return buckets.at(-1)?.max ?? 0;
}

function interpolate(share: number, bucket: Bucket, before: Bucket | undefined): number {
  const high = Math.log2(bucket.max);
  const low = before ? Math.log2(before.max) : high - 1;
  return 2 ** (low + (high - low) * share);
}
