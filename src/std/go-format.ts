// What Go's fmt prints: %v of any value and the verbs of Printf. bigint stands for int, number for float64, Map for a map.
// https://pkg.go.dev/fmt
import { formatGoGeneral } from './go-strconv.ts';
import { quoteGoString } from './go-string.ts';

/** Anything with its own text, such as a time. */
interface Printable {
  toString(): string;
}

/** Prints a value as `%v` does. `nothing` is printed for null. */
export function formatGoValue(value: unknown, nothing = '<nil>'): string {
  if (value === null || value === undefined) return nothing;
  if (typeof value === 'number') return formatGoGeneral(value);
  if (value instanceof Map) {
    const entries = [...value].sort(([a], [b]) => (String(a) < String(b) ? -1 : 1));
    return `map[${entries.map(([key, inner]) => `${formatGoValue(key)}:${formatGoValue(inner)}`).join(' ')}]`;
  }
  if (Array.isArray(value)) return `[${value.map((inner) => formatGoValue(inner)).join(' ')}]`;
  return String(value as Printable);
}

const directive = /%([-+# 0]*)(\*|[0-9]+)?(?:\.(\*|[0-9]*))?(\[[0-9]+\])?(.)?/gsu;

interface Spec {
  readonly flags: string;
  readonly width: number;
  readonly precision: number | undefined;
  readonly verb: string;
}

/** Formats as fmt.Sprintf does, its notes about missing or wrong arguments included. */
export function goSprintf(format: string, args: readonly unknown[]): string {
  let next = 0;
  const out = format.replace(directive, (...found: (string | undefined)[]) => {
    const [, flags = '', width, precision, , verb] = found;
    if (verb === undefined) return '%!(NOVERB)';
    if (verb === '%') return '%';
    const size = width === '*' ? Number(args[next++] ?? 0) : Number(width ?? 0);
    const digits =
      precision === undefined ? undefined : precision === '*' ? Number(args[next++] ?? 0) : Number(precision);
    if (next >= args.length) return `%!${verb}(MISSING)`;
    return formatOne(args[next++], { flags, width: Math.min(size, 10_000), precision: digits, verb });
  });
  if (next >= args.length) return out;
  const extra = args.slice(next).map((arg) => `${goTypeName(arg)}=${formatGoValue(arg)}`);
  return `${out}%!(EXTRA ${extra.join(', ')})`;
}

type Verb = (value: unknown, spec: Spec) => string | undefined;

const asString: Verb = (value, { precision }) => {
  if (typeof value !== 'string') return undefined;
  return precision === undefined ? value : [...value].slice(0, precision).join('');
};
const asFloat =
  (print: (value: number, precision: number | undefined) => string): Verb =>
  (value, { precision, flags }) => {
    if (typeof value !== 'number') return undefined;
    const text = Number.isFinite(value) ? print(value, precision) : formatGoGeneral(value);
    return flags.includes('+') && value >= 0 && !text.startsWith('+') ? `+${text}` : text;
  };
const asInteger =
  (base: number, prefix: string): Verb =>
  (value, { flags }) => {
    if (typeof value !== 'bigint') return undefined;
    const digits = (value < 0n ? -value : value).toString(base);
    const sign = value < 0n ? '-' : flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '';
    return sign + (flags.includes('#') ? prefix : '') + digits;
  };
const asHex: Verb = (value, spec) => {
  if (typeof value === 'string') return Buffer.from(value).toString('hex');
  return asInteger(16, '0x')(value, spec);
};

const verbs: Readonly<Record<string, Verb>> = {
  v: (value, spec) => (typeof value === 'string' ? asString(value, spec) : formatGoValue(value)),
  s: (value, spec) => asString(value, spec) ?? (Array.isArray(value) ? formatGoValue(value) : undefined),
  q: (value) => {
    if (typeof value === 'string') return quoteGoString(value);
    return typeof value === 'bigint' ? `'${String.fromCodePoint(Number(value))}'` : undefined;
  },
  d: asInteger(10, ''),
  b: asInteger(2, '0b'),
  o: asInteger(8, '0'),
  x: asHex,
  X: (value, spec) => asHex(value, spec)?.toUpperCase(),
  c: (value) => (typeof value === 'bigint' ? String.fromCodePoint(Number(value)) : undefined),
  U: (value) => (typeof value === 'bigint' ? `U+${value.toString(16).toUpperCase().padStart(4, '0')}` : undefined),
  t: (value) => (typeof value === 'boolean' ? String(value) : undefined),
  T: (value) => goTypeName(value),
  f: asFloat((value, precision) => value.toFixed(Math.min(precision ?? 6, 100))),
  F: asFloat((value, precision) => value.toFixed(Math.min(precision ?? 6, 100))),
  e: asFloat((value, precision) => twoDigitExponent(value.toExponential(Math.min(precision ?? 6, 100)))),
  E: asFloat((value, precision) => twoDigitExponent(value.toExponential(Math.min(precision ?? 6, 100))).toUpperCase()),
  g: asFloat((value, precision) => {
    if (precision === undefined) return formatGoValue(value);
    const text = value.toPrecision(Math.max(1, Math.min(precision, 100)));
    return text.includes('e') ? twoDigitExponent(text) : String(Number(text));
  }),
};

function formatOne(value: unknown, spec: Spec): string {
  const { verb, flags, width } = spec;
  const text = verbs[verb]?.(value, spec);
  if (text === undefined) {
    return value === null || value === undefined
      ? `%!${verb}(<nil>)`
      : `%!${verb}(${goTypeName(value)}=${formatGoValue(value)})`;
  }
  return pad(text, { left: flags.includes('-'), zero: flags.includes('0'), width });
}

function pad(text: string, of: { left: boolean; zero: boolean; width: number }): string {
  const missing = of.width - [...text].length;
  if (missing <= 0) return text;
  if (of.left) return text + ' '.repeat(missing);
  if (!of.zero) return ' '.repeat(missing) + text;
  const sign = /^[+-]/.exec(text)?.[0] ?? '';
  return sign + '0'.repeat(missing) + text.slice(sign.length);
}

function twoDigitExponent(text: string): string {
  return text.replace(/e([+-])(\d)$/, 'e$10$2');
}

function goTypeName(value: unknown): string {
  if (value === null || value === undefined) return '<nil>';
  if (typeof value === 'bigint') return 'int';
  if (typeof value === 'number') return 'float64';
  if (typeof value === 'boolean') return 'bool';
  if (value instanceof Map) return 'map[string]interface {}';
  return Array.isArray(value) ? '[]interface {}' : typeof value === 'string' ? 'string' : 'time.Time';
}
