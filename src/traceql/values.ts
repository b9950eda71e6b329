// Values of TraceQL and what may be done with them: types that go together, equality, order, text forms.
// Semantics follow Tempo 3.0, oddities included (an int equals a float of the same size, nil equals nothing).
import { formatGoDuration } from '../std/go-duration.ts';

export type Status = 'error' | 'ok' | 'unset';
export type Kind = 'unspecified' | 'internal' | 'client' | 'server' | 'producer' | 'consumer';

export type Static =
  | { readonly type: 'nil' }
  | { readonly type: 'int'; readonly value: number | bigint }
  | { readonly type: 'float'; readonly value: number }
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'boolean'; readonly value: boolean }
  /** Nanoseconds. */
  | { readonly type: 'duration'; readonly value: number }
  | { readonly type: 'status'; readonly value: Status }
  | { readonly type: 'kind'; readonly value: Kind }
  | { readonly type: 'strings'; readonly value: readonly string[] }
  | { readonly type: 'ints'; readonly value: readonly (number | bigint)[] }
  | { readonly type: 'floats'; readonly value: readonly number[] }
  | { readonly type: 'booleans'; readonly value: readonly boolean[] };

/** Type of an expression before it is run; `attribute` is known only then. */
export type StaticType = Static['type'] | 'attribute' | 'spanset';

/** Names of the types in Tempo's messages. */
export const goTypeNames: Readonly<Record<StaticType, string>> = {
  nil: 'TypeNil',
  spanset: 'TypeSpanset',
  attribute: 'TypeAttribute',
  int: 'TypeInt',
  float: 'TypeFloat',
  string: 'TypeString',
  boolean: 'TypeBoolean',
  ints: 'TypeIntArray',
  floats: 'TypeFloatArray',
  strings: 'TypeStringArray',
  booleans: 'TypeBooleanArray',
  duration: 'TypeDuration',
  status: 'TypeStatus',
  kind: 'TypeKind',
};

// Tempo's own order of types, which decides comparisons between values of different types.
const typeOrder = Object.keys(goTypeNames);

const elementTypes: Partial<Record<StaticType, StaticType>> = {
  ints: 'int',
  floats: 'float',
  strings: 'string',
  booleans: 'boolean',
};

export const nil: Static = { type: 'nil' };
export const yes: Static = { type: 'boolean', value: true };
export const no: Static = { type: 'boolean', value: false };
/** What a span without the attribute shows for it under `= nil`. */
export const absentText = 'nil';
export const absentMark: Static = { type: 'string', value: absentText };

export function isNumeric(type: StaticType): boolean {
  return type === 'int' || type === 'float' || type === 'duration';
}

export function isArray(type: StaticType): boolean {
  return elementTypes[type] !== undefined;
}

/** May the two types stand on both sides of an operator? */
export function isMatchingOperand(left: StaticType, right: StaticType): boolean {
  if (left === 'attribute' || right === 'attribute' || left === right) return true;
  if (isNumeric(left) && isNumeric(right)) return true;
  if (left === 'nil' || right === 'nil') return true;
  return isMatchingElement(left, right);
}

/** Is one side an array of what the other is? */
export function isMatchingElement(left: StaticType, right: StaticType): boolean {
  const ofLeft = elementTypes[left];
  if (ofLeft !== undefined) return isMatchingOperand(ofLeft, right);
  const ofRight = elementTypes[right];
  return ofRight !== undefined && isMatchingOperand(ofRight, left);
}

const arithmetic = ['+', '-', '*', '/', '%', '^'];
const ordering = ['>', '>=', '<', '<='];
const equality = ['=', '!='];
const forBooleans = new Set(['&&', '||', ...equality]);
const forNumbers = new Set([...arithmetic, ...ordering, ...equality]);
const forStrings = new Set(['=~', '!~', ...ordering, ...equality]);
const forKeywords = new Set(equality);

const operatorsByType: Readonly<Record<StaticType, ReadonlySet<string> | undefined>> = {
  attribute: undefined,
  spanset: new Set(),
  nil: forKeywords,
  status: forKeywords,
  kind: forKeywords,
  boolean: forBooleans,
  booleans: forBooleans,
  int: forNumbers,
  ints: forNumbers,
  float: forNumbers,
  floats: forNumbers,
  duration: forNumbers,
  string: forStrings,
  strings: forStrings,
};

/** Does the operator work on values of this type? */
export function isOperatorValid(op: string, type: StaticType): boolean {
  return operatorsByType[type]?.has(op) ?? true;
}

/** The number in a value: nanoseconds for durations, NaN for what is no number. */
export function toFloat(value: Static): number {
  return value.type === 'int' || value.type === 'float' || value.type === 'duration' ? Number(value.value) : Number.NaN;
}

/** `=` on values; nil equals nothing, not even nil. */
export function equals(left: Static, right: Static): boolean {
  if (left.type === 'nil' || right.type === 'nil') return false;
  if (isNumeric(left.type) && isNumeric(right.type)) {
    const a = numberOf(left);
    const b = numberOf(right);
    // By size, because one may be a bigint and the other not; never true for NaN.
    return a <= b && a >= b;
  }
  if (left.type !== right.type) return false;
  if (Array.isArray(left.value) && Array.isArray(right.value)) {
    const other: readonly unknown[] = right.value;
    return left.value.length === other.length && left.value.every((v, i) => v === other[i]);
  }
  return left.value === (right as { value: unknown }).value;
}

/** Order of two values as min() and max() see it. */
export function compareValues(left: Static, right: Static): number {
  if (isNumeric(left.type) && isNumeric(right.type)) return compareRaw(numberOf(left), numberOf(right));
  if (left.type !== right.type) return compareRaw(typeOrder.indexOf(left.type), typeOrder.indexOf(right.type));
  if (left.type === 'nil') return 0;
  if (left.type === 'string') return compareText(left.value, (right as { value: string }).value);
  return compareRaw(JSON.stringify(plain(left)), JSON.stringify(plain(right)));
}

/** Order by UTF-8 bytes, as Go compares strings. */
export function compareText(left: string, right: string): number {
  if (left === right) return 0;
  return Buffer.compare(Buffer.from(left), Buffer.from(right));
}

function numberOf(value: Static): number | bigint {
  return (value as { value: number | bigint }).value;
}

function plain(value: Static): unknown {
  return 'value' in value ? (Array.isArray(value.value) ? value.value.map(String) : String(value.value)) : null;
}

function compareRaw<T extends number | bigint | string>(left: T, right: T): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

/** Text of a value without quotes, as results show it. */
export function formatValue(value: Static): string {
  switch (value.type) {
    case 'nil':
      return 'nil';
    case 'float':
      return formatGoFloat(value.value);
    case 'duration':
      return formatGoDuration(value.value);
    case 'strings':
      return `[${value.value.map((v) => `\`${v}\``).join(', ')}]`;
    case 'floats':
      return `[${value.value.map(formatGoFloat).join(', ')}]`;
    case 'ints':
    case 'booleans':
      return `[${value.value.join(', ')}]`;
    default:
      return String(value.value);
  }
}

/** Go's strconv.FormatFloat(f, 'g', -1), with `.0` when it would read as an integer. */
export function formatGoFloat(value: number): string {
  if (Number.isNaN(value)) return 'NaN.0';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf.0' : '-Inf.0';
  const text = formatGoG(value, 6);
  return /[e.]/.test(text) ? text : `${text}.0`;
}

/** Go's %v of a float: shortest digits, an exponent below 1e-4 and from 1e21 (from 1e6 for strconv's 'g'). */
export function formatGoG(value: number, exponentFrom = 21): string {
  if (value === 0) return Object.is(value, -0) ? '-0' : '0';
  const [digits, exponent] = value.toExponential().split('e') as [string, string]; // toExponential always has an e
  const magnitude = Number(exponent);
  if (magnitude < -4 || magnitude >= exponentFrom)
    return `${digits}e${magnitude < 0 ? '-' : '+'}${String(Math.abs(magnitude)).padStart(2, '0')}`;
  return String(value);
}

/** A key that is equal for equal values of equal type, for groups and sets. */
export function groupKey(value: Static): string {
  if (value.type === 'nil') return 'nil';
  if (value.type === 'strings') return `strings:${JSON.stringify(value.value)}`;
  return `${value.type}:${Array.isArray(value.value) ? value.value.map(String).join(',') : String(value.value)}`;
}
