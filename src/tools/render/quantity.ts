// Numbers for people: durations and plain values with three or four digits that count.

/** `850 µs`, `12.3 ms`, `2.05 s`, `3 min 12 s`. */
export function formatMs(ms: number): string {
  const size = Math.abs(ms);
  if (size >= 60_000) return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1000)} s`;
  if (size >= 1000) return `${round(ms / 1000)} s`;
  if (size >= 1 || ms === 0) return `${round(ms)} ms`;
  return `${round(ms * 1000)} µs`;
}

/** A value with at most four digits that count; large ones in full, special ones as Prometheus writes them. */
export function formatValue(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  return Number.isInteger(value) && Math.abs(value) < 1e15 ? String(value) : String(Number(value.toPrecision(4)));
}

function round(value: number): string {
  return String(Number(value.toPrecision(3)));
}
