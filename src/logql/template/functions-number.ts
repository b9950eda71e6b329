// Arithmetic in templates: integers (add, sub, …), decimals (addf, …), conversions of texts with units. Texts that are no number
// count as 0.
import { parseGoDuration } from '../../std/go-duration.ts';
import { readBytesSize } from '../bytes-size.ts';
import { readNumber } from '../read-number.ts';
import type { TemplateFunction } from './call.ts';
import { computeDecimal } from './decimal.ts';
import type { Value } from './value.ts';

const seconds = (text: string) => parseGoDuration(text) / 1e9;

export const numberFunctions: Readonly<Record<string, TemplateFunction>> = {
  int: { parameters: ['any'], run: toInt },
  float64: { parameters: ['any'], run: toFloat },
  add: { parameters: [], rest: 'any', run: (...values: Value[]) => fold(values, (a, b) => a + b, 0n) },
  sub: { parameters: ['any', 'any'], run: (a: Value, b: Value) => toInt(a) - toInt(b) },
  mul: { parameters: ['any'], rest: 'any', run: (...values: Value[]) => fold(values, (a, b) => a * b, 1n) },
  div: { parameters: ['any', 'any'], run: (a: Value, b: Value) => toInt(a) / requireDivisor(toInt(b)) },
  mod: { parameters: ['any', 'any'], run: (a: Value, b: Value) => toInt(a) % requireDivisor(toInt(b)) },
  max: {
    parameters: ['any'],
    rest: 'any',
    run: (...values: Value[]) => values.map(toInt).reduce((a, b) => (b > a ? b : a)),
  },
  min: {
    parameters: ['any'],
    rest: 'any',
    run: (...values: Value[]) => values.map(toInt).reduce((a, b) => (b < a ? b : a)),
  },
  addf: { parameters: [], rest: 'any', run: (...values: Value[]) => foldDecimal('+', [0n, ...values]) },
  subf: { parameters: ['any'], rest: 'any', run: (...values: Value[]) => foldDecimal('-', values) },
  mulf: { parameters: ['any'], rest: 'any', run: (...values: Value[]) => foldDecimal('*', values) },
  divf: { parameters: ['any'], rest: 'any', run: (...values: Value[]) => foldDecimal('/', values) },
  maxf: { parameters: ['any'], rest: 'any', run: (...values: Value[]) => Math.max(...values.map(toFloat)) },
  minf: { parameters: ['any'], rest: 'any', run: (...values: Value[]) => Math.min(...values.map(toFloat)) },
  ceil: { parameters: ['any'], run: (value: Value) => Math.ceil(toFloat(value)) },
  floor: { parameters: ['any'], run: (value: Value) => Math.floor(toFloat(value)) },
  round: { parameters: ['any', 'int'], rest: 'float64', run: round },
  bytes: { parameters: ['string'], run: readBytesSize },
  duration: { parameters: ['string'], run: seconds },
  duration_seconds: { parameters: ['string'], run: seconds },
};

function toInt(value: Value): bigint {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? BigInt(Math.trunc(value)) : 0n;
  if (typeof value === 'boolean') return value ? 1n : 0n;
  if (typeof value !== 'string') return 0n;
  const found = /^([+-]?)(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO][0-7]+|[0-9]+)$/.exec(value);
  if (found === null) return 0n;
  const digits = found[2] ?? '0';
  const octal = /^0[0-7]+$/.test(digits) ? `0o${digits.slice(1)}` : digits;
  if (/^0[0-9]*[89]/.test(digits)) return 0n;
  return BigInt(octal.toLowerCase()) * (found[1] === '-' ? -1n : 1n);
}

function toFloat(value: Value): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  if (typeof value === 'boolean') return value ? 1 : 0;
  try {
    return typeof value === 'string' ? readNumber(value) : 0;
  } catch {
    return 0;
  }
}

// Results are 64-bit integers, which wrap around.
function fold(values: readonly Value[], join: (a: bigint, b: bigint) => bigint, start: bigint): bigint {
  return BigInt.asIntN(64, values.map(toInt).reduce(join, start));
}

function foldDecimal(op: '+' | '-' | '*' | '/', values: readonly Value[]): number {
  return values.map(toFloat).reduce((a, b) => computeDecimal(op, a, b));
}

function requireDivisor(value: bigint): bigint {
  if (value === 0n) throw new Error('runtime error: integer divide by zero');
  return value;
}

function round(value: Value, places: bigint, ...roundOn: number[]): number {
  const power = 10 ** Number(places);
  const scaled = toFloat(value) * power;
  const fraction = scaled - Math.trunc(scaled);
  return (fraction >= (roundOn[0] ?? 0.5) ? Math.ceil(scaled) : Math.floor(scaled)) / power;
}
