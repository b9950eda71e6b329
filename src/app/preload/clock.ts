// The clock of the start. `performance` would be the natural one, but Node makes it only when it is first asked for, two
// milliseconds that apps seldom spend themselves.

/** Milliseconds on a monotonic clock that began at some moment in the past. */
export function nowMs(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1000 + nanoseconds / 1e6;
}

/** What to add to `nowMs()` for milliseconds since this process began, which is the clock of `performance`. */
export function readOffsetMs(): number {
  return performance.now() - nowMs();
}
