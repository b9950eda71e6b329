// Prometheus durations: `1h30m`, units from years to milliseconds in falling order.

const units = [
  { unit: 'y', ms: 365 * 86_400_000, exact: true },
  { unit: 'w', ms: 7 * 86_400_000, exact: true },
  { unit: 'd', ms: 86_400_000, exact: false },
  { unit: 'h', ms: 3_600_000, exact: false },
  { unit: 'm', ms: 60_000, exact: false },
  { unit: 's', ms: 1000, exact: false },
  { unit: 'ms', ms: 1, exact: false },
] as const;

/** Go's time.Duration holds 2^63 nanoseconds: about 292 years. */
export const maxDurationSeconds = 2 ** 63 / 1e9;

/** Milliseconds of a duration such as `1h30m`; or, as a text, why Prometheus refuses it. */
export function parseDuration(text: string): number | string {
  if (text === '0') return 0;
  if (text === '') return 'empty duration string';
  const invalid = `not a valid duration string: ${JSON.stringify(text)}`;
  if (!/^(?:[0-9]+[^0-9]+)+$/.test(text)) return invalid;
  let totalMs = 0;
  let previous = -1;
  for (const [, digits = '', name = ''] of text.matchAll(/([0-9]+)([^0-9]+)/g)) {
    const at = units.findIndex((u) => u.unit === name);
    const unit = units[at];
    if (unit === undefined) return `unknown unit ${JSON.stringify(name)} in duration ${JSON.stringify(text)}`;
    if (at <= previous) return invalid;
    previous = at;
    totalMs += Number(digits) * unit.ms;
    if (totalMs / 1000 > maxDurationSeconds) return 'duration out of range';
  }
  return totalMs;
}

/** Milliseconds (whole, not negative) as Prometheus prints them: years and weeks only where they divide exactly. */
export function formatDuration(durationMs: number): string {
  let rest = Math.trunc(durationMs);
  if (rest === 0) return '0s';
  let out = '';
  for (const { unit, ms, exact } of units) {
    if (exact && rest % ms !== 0) continue;
    const count = Math.floor(rest / ms);
    if (count > 0) out += `${count}${unit}`;
    rest -= Math.max(count, 0) * ms;
  }
  return out;
}
