// Attribute values and keys, each kept once and known by a number. A value is kept as it came and, beside it, as
// TraceQL sees it.
import { typeCodes } from '../../../traceql/source.ts';
import type { Static } from '../../../traceql/values.ts';
import type { AnyValue } from '../../../wire/otlp/types.ts';
import { float64, uint8 } from './column.ts';

const nil: Static = { type: 'nil' };
// What an entry's objects and its place in a map take, fitted to heaps of 50,000 entries. Most texts take a byte a character.
const entryBytes = 152;
// Of which a text, which is kept bare, saves one object.
const objectBytes = 40;

export class Dictionary {
  /** As they came; a text is kept bare. */
  private readonly raw: (AnyValue | string)[] = [];
  private readonly statics: Static[] = [];
  private readonly types = uint8();
  private readonly numbers = float64();
  private readonly keys: string[] = [];
  private readonly keyIds = new Map<string, number>();
  private readonly strings = new Map<string, number>();
  private readonly ints = new Map<number | bigint, number>();
  private readonly doubles = new Map<number, number>();
  /** Of false and of true. */
  private readonly booleans: number[] = [];
  private readonly others = new Map<string, number>();
  private textBytes = 0;

  get valueCount(): number {
    return this.raw.length;
  }

  get keyCount(): number {
    return this.keys.length;
  }

  get bytes(): number {
    const entries = (this.raw.length + this.keys.length) * entryBytes - this.strings.size * objectBytes;
    return this.textBytes + entries + this.types.bytes + this.numbers.bytes;
  }

  rawValue(id: number): AnyValue {
    const value = this.raw[id]!; // ids come from intern
    return typeof value === 'string' ? { kind: 'string', value } : value;
  }

  /** The text of a value, '' for any other. */
  text(id: number): string {
    const value = this.raw[id];
    return typeof value === 'string' ? value : '';
  }

  value(id: number): Static {
    return this.statics[id]!; // ids come from intern
  }

  /** By id: `typeCodes`. */
  get valueTypes(): Uint8Array {
    return this.types.data;
  }

  /** By id: the number of an int or float. */
  get valueNumbers(): Float64Array {
    return this.numbers.data;
  }

  key(id: number): string {
    return this.keys[id]!; // ids come from internKey
  }

  keyId(key: string): number | undefined {
    return this.keyIds.get(key);
  }

  internKey(key: string): number {
    const known = this.keyIds.get(key);
    if (known !== undefined) return known;
    this.keyIds.set(key, this.keys.length);
    this.textBytes += key.length;
    return this.keys.push(key) - 1;
  }

  internString(value: string): number {
    return this.strings.get(value) ?? this.addString(value);
  }

  /** The number of a string that was interned before. */
  stringId(value: string): number | undefined {
    return this.strings.get(value);
  }

  internInt(value: number | bigint): number {
    return this.ints.get(value) ?? this.addInt(value);
  }

  internBool(value: boolean): number {
    const known = this.booleans[Number(value)];
    if (known !== undefined) return known;
    const id = this.add({ kind: 'bool', value }, { type: 'boolean', value });
    this.booleans[Number(value)] = id;
    return id;
  }

  // A map takes 0 and -0 for the same; they are shown differently.
  internDouble(value: number): number {
    if (Object.is(value, -0)) return this.internOther({ kind: 'double', value });
    const known = this.doubles.get(value);
    if (known !== undefined) return known;
    const id = this.add({ kind: 'double', value }, { type: 'float', value });
    this.doubles.set(value, id);
    return id;
  }

  intern(value: AnyValue): number {
    switch (value.kind) {
      case 'string':
        return this.internString(value.value);
      case 'int':
        return this.internInt(value.value);
      case 'double':
        return this.internDouble(value.value);
      case 'bool':
        return this.internBool(value.value);
      default:
        return this.internOther(value);
    }
  }

  private addString(text: string): number {
    this.textBytes += text.length;
    const id = this.add(text, { type: 'string', value: text });
    this.strings.set(text, id);
    return id;
  }

  private addInt(value: number | bigint): number {
    const id = this.add({ kind: 'int', value }, { type: 'int', value });
    this.ints.set(value, id);
    return id;
  }

  private internOther(value: AnyValue): number {
    const key = describe(value);
    const known = this.others.get(key);
    if (known !== undefined) return known;
    this.textBytes += key.length;
    const id = this.add(value, toStatic(value));
    this.others.set(key, id);
    return id;
  }

  private add(raw: AnyValue | string, value: Static): number {
    this.statics.push(value);
    this.types.push(typeof raw !== 'string' && raw.kind === 'array' ? typeCodes.other : typeCodeOf(value));
    this.numbers.push(value.type === 'int' || value.type === 'float' ? Number(value.value) : Number.NaN);
    return this.raw.push(raw) - 1;
  }
}

function typeCodeOf(value: Static): number {
  if (value.type === 'int') return typeof value.value === 'number' ? typeCodes.int : typeCodes.other;
  return value.type === 'string' || value.type === 'float' || value.type === 'boolean'
    ? typeCodes[value.type]
    : typeCodes.other;
}

function describe(value: AnyValue): string {
  return JSON.stringify(value, (_key, v: unknown) => {
    if (typeof v === 'bigint') return `${v}n`;
    if (v instanceof Uint8Array) return Buffer.from(v).toString('base64');
    return typeof v === 'number' && (!Number.isFinite(v) || Object.is(v, -0))
      ? `${Object.is(v, -0) ? '-' : ''}${v}`
      : v;
  });
}

/** A value as TraceQL sees it: an array of one is its element, and what has no type there is nil. */
export function toStatic(value: AnyValue): Static {
  switch (value.kind) {
    case 'string':
      return { type: 'string', value: value.value };
    case 'bool':
      return { type: 'boolean', value: value.value };
    case 'int':
      return { type: 'int', value: value.value };
    case 'double':
      return { type: 'float', value: value.value };
    case 'array':
      return arrayToStatic(value.value);
    default:
      return nil;
  }
}

function arrayToStatic(elements: readonly AnyValue[]): Static {
  const [first] = elements;
  if (first === undefined || elements.some((e) => e.kind !== first.kind)) return nil;
  if (elements.length === 1) return first.kind === 'array' ? nil : toStatic(first);
  // All elements are of the first one's kind, as was just checked.
  const values = elements.map((e) => (e as { value: unknown }).value);
  if (first.kind === 'string') return { type: 'strings', value: values as string[] };
  if (first.kind === 'int') return { type: 'ints', value: values as (number | bigint)[] };
  if (first.kind === 'double') return { type: 'floats', value: values as number[] };
  return first.kind === 'bool' ? { type: 'booleans', value: values as boolean[] } : nil;
}
