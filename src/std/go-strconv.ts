// Numbers as Go writes and reads them (strconv, fmt), because the servers we stand in for print them that way.

/** strconv.FormatFloat(value, 'f', -1): shortest digits, never an exponent. */
export function formatGoFixed(value: number): string {
  const special = formatSpecial(value);
  if (special !== undefined) return special;
  const text = String(value);
  const at = text.indexOf('e');
  if (at === -1) return text;
  const exponent = Number(text.slice(at + 1));
  const negative = text.startsWith('-');
  const [whole = '', fraction = ''] = text.slice(negative ? 1 : 0, at).split('.');
  const digits = whole + fraction;
  const point = whole.length + exponent;
  const plain =
    point <= 0
      ? `0.${'0'.repeat(-point)}${digits}`
      : point >= digits.length
        ? digits + '0'.repeat(point - digits.length)
        : `${digits.slice(0, point)}.${digits.slice(point)}`;
  return negative ? `-${plain}` : plain;
}

/** Shortest digits, with an exponent of at least two digits below 1e-6 and from 1e21 on, as Go's JSON encoders do. */
export function formatGoJson(value: number): string {
  // JavaScript switches to exponents at the same two limits; only the width of the exponent differs.
  const size = Math.abs(value);
  if (size >= 1e-6 && size < 1e21) return String(value);
  return formatSpecial(value) ?? padExponent(String(value));
}

/** fmt's %g and %v: shortest digits, with an exponent below 1e-4 and from 1e6 on. */
export function formatGoGeneral(value: number): string {
  const special = formatSpecial(value);
  if (special !== undefined) return special;
  if (value === 0) return '0';
  const scientific = value.toExponential();
  const exponent = Number(scientific.slice(scientific.indexOf('e') + 1));
  return exponent < -4 || exponent >= 6 ? padExponent(scientific) : formatGoFixed(value);
}

/** fmt's %.2g style: `digits` significant digits without trailing zeros. */
export function formatGoSignificant(value: number, digits: number): string {
  const special = formatSpecial(value);
  if (special !== undefined) return special;
  const [mantissa = '', exponentText = '0'] = value.toExponential(digits - 1).split('e');
  const exponent = Number(exponentText);
  const trimmed = mantissa.includes('.') ? mantissa.replace(/\.?0+$/, '') : mantissa;
  return exponent < -4 || exponent >= digits
    ? padExponent(`${trimmed}e${exponent < 0 ? '' : '+'}${exponent}`)
    : formatGoFixed(Number(`${trimmed}e${exponent}`));
}

/** fmt's %f: six decimals. */
export function formatGoDecimals(value: number): string {
  if (Object.is(value, -0)) return '-0.000000';
  return formatSpecial(value) ?? toFixedWide(value);
}

/** Why strconv refuses a number. */
export type GoNumberProblem = 'invalid syntax' | 'value out of range';

const decimalFloat = /^[+-]?(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d[\d_]*)?$/;
const specialFloat = /^[+-]?(?:inf|infinity|nan)$/i;
const badUnderscore = /__|_$|^_|\._|_\.|[eE]_|_[eE]/;

/** strconv.ParseFloat for decimal numbers and the special names; says why when it refuses. */
export function parseGoFloat(text: string): number | GoNumberProblem {
  if (specialFloat.test(text)) {
    const body = text.replace(/^[+-]/, '').toLowerCase();
    if (body === 'nan') return Number.NaN;
    return text.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  }
  if (!decimalFloat.test(text) || badUnderscore.test(text)) return 'invalid syntax';
  const value = Number(text.replaceAll('_', ''));
  return Number.isFinite(value) ? value : 'value out of range';
}

const prefixedInt = /^([+-]?)(0[xX]_?[0-9a-fA-F][0-9a-fA-F_]*|0[bB]_?[01][01_]*|0[oO]?_?[0-7][0-7_]*|0|[1-9][0-9_]*)$/;

/** strconv.ParseInt(text, 0, 64) as a float; undefined if the text is no such integer or does not fit 64 bits. */
export function parseGoInt(text: string): number | undefined {
  const found = prefixedInt.exec(text);
  if (found === null || /__|_$/.test(text)) return undefined;
  const digits = (found[2] ?? '').replaceAll('_', '');
  const legacyOctal = /^0[0-7]+$/.test(digits);
  const magnitude = BigInt(legacyOctal ? `0o${digits.slice(1)}` : digits.toLowerCase());
  const value = found[1] === '-' ? -magnitude : magnitude;
  if (value !== BigInt.asIntN(64, value)) return undefined;
  return Number(value);
}

/** strconv.Atoi: a plain decimal integer, or why not. */
export function parseGoAtoi(text: string): number | GoNumberProblem {
  if (!/^[+-]?\d+$/.test(text)) return 'invalid syntax';
  const value = BigInt(text.replace(/^\+/, ''));
  return value === BigInt.asIntN(64, value) ? Number(value) : 'value out of range';
}

function formatSpecial(value: number): string | undefined {
  if (Number.isNaN(value)) return 'NaN';
  if (value === Number.POSITIVE_INFINITY) return '+Inf';
  if (value === Number.NEGATIVE_INFINITY) return '-Inf';
  return Object.is(value, -0) ? '-0' : undefined;
}

function padExponent(text: string): string {
  return text.replace(/e([+-])(\d)$/, 'e$10$2');
}

// Number.toFixed falls back to exponents from 1e21 on; Go does not.
function toFixedWide(value: number): string {
  return Math.abs(value) < 1e21 ? value.toFixed(6) : `${BigInt(value)}.000000`;
}
