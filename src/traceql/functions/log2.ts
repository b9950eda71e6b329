// Tempo's histograms have buckets at powers of two; quantiles are interpolated between them, so they are coarse.

/** The bucket of a whole number: the next power of two; undefined below 2. */
export function log2Bucket(value: number): number | undefined {
  if (value < 2) return undefined;
  const bucket = 2 ** Math.ceil(Math.log2(value));
  // The logarithm of a large value may round to the wrong side.
  if (bucket < value) return bucket * 2;
  return bucket / 2 >= value ? bucket / 2 : bucket;
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
