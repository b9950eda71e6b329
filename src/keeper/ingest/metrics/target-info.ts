// When samples of target_info are due.

/** Often enough that looking back finds one anywhere between two samples. */
const targetInfoIntervalMs = 150_000;

/** From the first to the last time of a resource's points; nothing if it has none. */
export function* listTargetInfoTimes({
  firstMs,
  lastMs,
}: {
  readonly firstMs: number;
  readonly lastMs: number;
}): Generator<number> {
  if (firstMs > lastMs) return;
  // A hostile range of times must not make a million samples.
  const intervalMs = Math.max(targetInfoIntervalMs, (lastMs - firstMs) / 1000);
  for (let timeMs = firstMs; timeMs < lastMs; timeMs += intervalMs) yield Math.trunc(timeMs);
  yield lastMs;
}
