// Times of 64 bits as two halves of 32, turned into seconds and nanoseconds without a bigint per span.

const nanosPerSecond = 1_000_000_000;
const uint32Values = 2 ** 32;

/** Whole seconds of a time in nanoseconds. */
export function secondsOf(high: number, low: number): number {
  const rounded = Math.floor((high * uint32Values + low) / nanosPerSecond);
  // 64 bits do not fit a float, so that may be one off; the low half tells, since 32 bits are enough for what is left.
  const left = (low - Math.imul(rounded, nanosPerSecond)) | 0;
  if (left < 0) return rounded - 1;
  return left >= nanosPerSecond ? rounded + 1 : rounded;
}

/** The nanoseconds within the second that `secondsOf` gave. */
export function nanosOf(low: number, seconds: number): number {
  return (low - Math.imul(seconds, nanosPerSecond)) >>> 0;
}

/** Nanoseconds from the first time to the second, negative if that is earlier; rounded beyond 53 bits. */
export function nanosBetween(startHigh: number, startLow: number, endHigh: number, endLow: number): number {
  return (endHigh - startHigh) * uint32Values + (endLow - startLow);
}
