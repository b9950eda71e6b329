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

/** Buckets by their largest value, smallest first, of which the first `length` count. */
export interface Buckets {
  readonly maxima: Float64Array;
  /** The logarithms of these to the base of two. */
  readonly powers: Float64Array;
  readonly counts: Float64Array;
  readonly length: number;
  /** The sum of the counts. */
  readonly total: number;
}

/** The quantile of buckets; 0 if they are empty. */
export function log2Quantile(quantile: number, { maxima, powers, counts, length, total }: Buckets): number {
  if (total === 0) return 0;
  const wanted = Math.max(1, Math.ceil(quantile * total));
  let seen = 0;
  for (let i = 0; i < length; i++) {
    const count = counts[i]!; // buckets have a maximum, its power and a count
    if (seen + count > wanted) {
      const high = powers[i]!; // as above
      const low = i === 0 ? high - 1 : powers[i - 1]!;
      return 2 ** (low + (high - low) * ((wanted - seen) / count));
    }
    seen += count;
    if (seen === wanted) return maxima[i]!;
  }
  return maxima[length - 1]!; // what has a total is not empty
}
