// Durations as Go programs read and print them: time.ParseDuration / Duration.String, and the Prometheus form (1h30m, 2w).
// All values are nanoseconds. https://pkg.go.dev/time#ParseDuration

const nsPer: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  μs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
};

// Largest first; Prometheus wants units in this order and each at most once.
const prometheusUnits: readonly (readonly [unit: string, ns: number])[] = [
  ['y', 365 * 86400e9],
  ['w', 7 * 86400e9],
  ['d', 86400e9],
  ['h', 3600e9],
  ['m', 60e9],
  ['s', 1e9],
  ['ms', 1e6],
];

/** Refused duration; the message is that of the Go library. */
export class DurationError extends Error {}

/** Reads a Prometheus duration such as `1h30m` or `2w`. @throws DurationError */
export function parsePrometheusDuration(text: string): number {
  if (text === '0') return 0;
  if (text === '') throw new DurationError('empty duration string');
  const bad = () => new DurationError(`not a valid duration string: ${JSON.stringify(text)}`);
  let total = 0;
  let last = -1;
  let rest = text;
  while (rest !== '') {
    const found = /^([0-9]+)([^0-9]+)/.exec(rest);
    if (found === null) throw bad();
    const [whole = '', digits = '', unit = ''] = found;
    const place = prometheusUnits.findIndex(([name]) => name === unit);
    const ns = prometheusUnits[place]?.[1];
    if (ns === undefined) {
      throw new DurationError(`unknown unit ${JSON.stringify(unit)} in duration ${JSON.stringify(text)}`);
    }
    if (place <= last) throw bad();
    last = place;
    total += Number(digits) * ns;
    if (total > 2 ** 63 - 1) throw new DurationError('duration out of range');
    rest = rest.slice(whole.length);
  }
  return total;
}

/** Reads a Go duration such as `1.5s`, `-2m`, `250us`. @throws DurationError */
export function parseGoDuration(text: string): number {
  const bad = () => new DurationError(`time: invalid duration ${JSON.stringify(text)}`);
  const sign = text.startsWith('-') ? -1 : 1;
  let rest = /^[+-]/.test(text) ? text.slice(1) : text;
  if (rest === '0') return 0;
  if (rest === '') throw bad();
  let total = 0;
  while (rest !== '') {
    const found = /^([0-9]*\.?[0-9]*)([^0-9.]*)/.exec(rest);
    const [whole = '', digits = '', unit = ''] = found ?? [];
    if (digits === '' || digits === '.') throw bad();
    if (unit === '') throw new DurationError(`time: missing unit in duration ${JSON.stringify(text)}`);
    const ns = nsPer[unit];
    if (ns === undefined) {
      throw new DurationError(`time: unknown unit ${JSON.stringify(unit)} in duration ${JSON.stringify(text)}`);
    }
    total += Math.trunc(multiplyDecimal(digits, ns));
    if (total > 2 ** 63) throw bad();
    rest = rest.slice(whole.length);
  }
  return sign * total;
}

/** What a reader gives, or undefined where it refuses. */
export function tryDuration(read: (text: string) => number, text: string): number | undefined {
  try {
    return read(text);
  } catch (error) {
    if (error instanceof DurationError) return undefined;
    throw error;
  }
}

/** Prints nanoseconds as Go's Duration.String does: `1h0m0s`, `1.5s`, `250µs`, `0s`. */
export function formatGoDuration(ns: number): string {
  const sign = ns < 0 ? '-' : '';
  const abs = Math.abs(ns);
  if (abs === 0) return '0s';
  if (abs < 1e3) return `${sign}${abs}ns`;
  if (abs < 1e6) return `${sign}${formatScaled(abs, 3)}µs`;
  if (abs < 1e9) return `${sign}${formatScaled(abs, 6)}ms`;
  const whole = BigInt(Math.round(abs));
  const minutes = whole / 60_000_000_000n;
  const seconds = formatScaled(whole % 60_000_000_000n, 9);
  if (minutes === 0n) return `${sign}${seconds}s`;
  const hours = minutes / 60n;
  return hours === 0n ? `${sign}${minutes}m${seconds}s` : `${sign}${hours}h${minutes % 60n}m${seconds}s`;
}

/** Prints nanoseconds as Prometheus does: `1h`, `90s` becomes `1m30s`, whole days and weeks as `d` and `w`. */
export function formatPrometheusDuration(ns: number): string {
  let ms = Math.trunc(ns / 1e6);
  if (ms === 0) return '0s';
  let out = ms < 0 ? '-' : '';
  ms = Math.abs(ms);
  for (const [unit, unitNs] of prometheusUnits) {
    const unitMs = unitNs / 1e6;
    const exactOnly = unit === 'y' || unit === 'w' || unit === 'd';
    if (exactOnly && ms % unitMs !== 0) continue;
    const count = Math.floor(ms / unitMs);
    if (count > 0) {
      out += `${count}${unit}`;
      ms -= count * unitMs;
    }
  }
  return out;
}

// Exact for what people write: 1.1ms must not become 1099999.
function multiplyDecimal(decimal: string, factor: number): number {
  const [whole = '', fraction = ''] = decimal.split('.');
  return Number(whole || 0) * factor + Number(`${(Number(fraction || 0) * factor) / 10 ** fraction.length}`);
}

function formatScaled(n: number | bigint, digits: number): string {
  const padded = String(n).padStart(digits + 1, '0');
  const fraction = padded.slice(-digits).replace(/0+$/, '');
  return padded.slice(0, -digits) + (fraction ? `.${fraction}` : '');
}
