// Sums of numbers that stand in columns, without an object for each.
import type { Field } from '../fields.ts';
import { type TraceSource, typeCodes } from '../source.ts';

/** Adds up numbers of rows. The first value decides the type; values of another are counted but not added. */
export interface NumberSums {
  /** Adds those of the first `count` rows; false where a value is no number, or the sum is not exact. */
  add(rows: ArrayLike<number>, count: number): boolean;
  /** What the last `add` found; without a type there was no value. */
  readonly type: 'int' | 'float' | 'duration' | undefined;
  readonly total: number;
  readonly count: number;
}

/** The numbers of a field; undefined if there is no column of them. */
export function numbersOf({ durationsNs, coded }: Field, source: TraceSource): NumberSums | undefined {
  if (durationsNs) return new DurationSums(durationsNs);
  const [part, ...more] = coded?.parts ?? [];
  if (!part || more.length > 0 || part.rootOf || part.slots instanceof Uint8Array) return undefined;
  const seesAll = part.values?.includes('int', undefined) && part.values.includes('float', undefined);
  return seesAll && part.shift === 0 && part.at(-1) === undefined ? new ValueSums(part.slots, source) : undefined;
}

class DurationSums implements NumberSums {
  type: 'duration' | undefined;
  total = 0;
  count = 0;
  private readonly durationsNs: Float64Array;

  constructor(durationsNs: Float64Array) {
    this.durationsNs = durationsNs;
  }

  add(rows: ArrayLike<number>, count: number): boolean {
    const { durationsNs } = this;
    let total = 0;
    for (let i = 0; i < count; i++) total += durationsNs[rows[i]!]!; // rows are of the source
    this.type = count > 0 ? 'duration' : undefined;
    this.total = total;
    this.count = count;
    return true;
  }
}

class ValueSums implements NumberSums {
  type: 'int' | 'float' | undefined;
  total = 0;
  count = 0;
  /** By row: value id + 1, 0 where there is none. */
  private readonly slots: Uint32Array;
  private readonly types: Uint8Array;
  private readonly numbers: Float64Array;

  constructor(slots: Uint32Array, { valueTypes, valueNumbers }: TraceSource) {
    this.slots = slots;
    this.types = valueTypes;
    this.numbers = valueNumbers;
  }

  add(rows: ArrayLike<number>, count: number): boolean {
    const { slots, types, numbers } = this;
    let first = 0;
    let total = 0;
    let found = 0;
    for (let i = 0; i < count; i++) {
      const slot = slots[rows[i]!]!; // rows are of the source
      if (slot === 0) continue;
      const type = types[slot - 1]!; // slots are of the dictionary
      if (type !== typeCodes.int && type !== typeCodes.float) return false;
      if (first === 0) first = type;
      found++;
      if (type !== first) continue;
      total += numbers[slot - 1]!;
      if (type === typeCodes.int && !Number.isSafeInteger(total)) return false;
    }
    this.type = typeNames[first];
    this.total = total;
    this.count = found;
    return true;
  }
}

const typeNames: Readonly<Record<number, 'int' | 'float'>> = { [typeCodes.int]: 'int', [typeCodes.float]: 'float' };
