// What Math offers for numbers, for bigints: nanoseconds since 1970 do not fit into a number.

/** The smaller of two. */
export function minBigInt(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

/** The larger of two. */
export function maxBigInt(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}

/** Order for sort(), ascending. */
export function compareBigInt(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
