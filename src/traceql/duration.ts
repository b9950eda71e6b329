// Durations of TraceQL: Prometheus's form (1d12h) or Go's (1.5s, 300us), as nanoseconds.

const nanosByUnit: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  μs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
  d: 86_400e9,
  w: 7 * 86_400e9,
  y: 365 * 86_400e9,
};

const prometheusForm = /^(?:(\d+)y)?(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?$/;
const prometheusUnits = ['y', 'w', 'd', 'h', 'm', 's', 'ms'];
const goPart = /(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/y;
const maxNanos = 2 ** 63;

/** Nanoseconds of a duration literal; undefined if it is none or does not fit 64 bits. */
export function parseTraceqlDuration(text: string): number | undefined {
  const nanos = parsePrometheusDuration(text) ?? parseGoDuration(text);
  return nanos === undefined || nanos >= maxNanos ? undefined : nanos;
}

/** Go's time.ParseDuration, with sign; undefined if refused. */
export function parseGoDuration(text: string): number | undefined {
  const unsigned = text.replace(/^[+-]/, '');
  const sign = text.startsWith('-') ? -1 : 1;
  if (unsigned === '0') return 0;
  if (unsigned === '') return undefined;
  let nanos = 0;
  goPart.lastIndex = 0;
  while (goPart.lastIndex < unsigned.length) {
    const part = goPart.exec(unsigned);
    if (part === null) return undefined;
    nanos += Math.trunc(multiplyDecimal(part[1]!, nanosByUnit[part[2]!]!)); // both groups take part, units are those of the table
  }
  return sign * nanos;
}

/** Prometheus's model.ParseDuration: whole numbers, units in falling order. */
export function parsePrometheusDuration(text: string): number | undefined {
  if (text === '0') return 0;
  const found = text === '' ? null : prometheusForm.exec(text);
  if (found === null) return undefined;
  let nanos = 0;
  for (const [i, unit] of prometheusUnits.entries()) nanos += Number(found[i + 1] ?? 0) * nanosByUnit[unit]!; // units of the table
  return nanos;
}

/** Writes nanoseconds as Go's Duration.String: `1h0m5s`, `1.5s`, `250ns`. */
export function formatGoDuration(nanos: number): string {
  const sign = nanos < 0 ? '-' : '';
  const n = Math.abs(nanos);
  if (n === 0) return '0s';
  if (n < 1e3) return `${sign}${n}ns`;
  if (n < 1e6) return `${sign}${formatScaled(n, 3)}µs`;
  if (n < 1e9) return `${sign}${formatScaled(n, 6)}ms`;
  const whole = BigInt(Math.round(n));
  const minutes = whole / 60_000_000_000n;
  const seconds = formatScaled(whole % 60_000_000_000n, 9);
  if (minutes === 0n) return `${sign}${seconds}s`;
  const hours = minutes / 60n;
  return hours === 0n ? `${sign}${minutes}m${seconds}s` : `${sign}${hours}h${minutes % 60n}m${seconds}s`;
}

function formatScaled(n: number | bigint, digits: number): string {
  const padded = String(n).padStart(digits + 1, '0');
  const fraction = padded.slice(-digits).replace(/0+$/, '');
  return padded.slice(0, -digits) + (fraction ? `.${fraction}` : '');
}

// Exact for what people write: 1.1ms must not become 1099999.
function multiplyDecimal(decimal: string, factor: number): number {
  const [whole = '', fraction = ''] = decimal.split('.');
  return Number(whole || 0) * factor + Number(`${(Number(fraction || 0) * factor) / 10 ** fraction.length}`);
}
