// Finds the values of a few fields in a JSON line in one pass over its bytes, without making a string of anything. What is
// unusual (malformed, escaped, nested where it matters, a field twice) it leaves to the parser of `| json`.
import { JsonCursor } from './json-cursor.ts';
import { duplicateSuffix } from './labels-builder.ts';
import { sanitizeLabelName } from './sanitize.ts';

/** A key as it was met at its place in the line; lines of one program have the same keys in the same order. */
interface Slot {
  readonly key: Buffer;
  /** Which of the wanted fields it is; -1: none. */
  readonly field: number;
  /** Could an object under this key hold a wanted field? */
  readonly leadsInside: boolean;
}

const maxSlots = 64;
const notWanted = -1;

export class JsonFields {
  /** Where the value of each field stands, strings without their quotes; -1 if the line has no such field. */
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  readonly #names: readonly string[];
  readonly #slots: Slot[] = [];
  readonly #cursor = new JsonCursor();

  /** @param names names of labels */
  constructor(names: readonly string[]) {
    this.#names = names;
    this.starts = new Int32Array(names.length);
    this.ends = new Int32Array(names.length);
  }

  /** Reads a line; false: it is unusual, and what was found says nothing. */
  read(bytes: Buffer, start: number, end: number): boolean {
    const { starts, ends } = this;
    const cursor = this.#cursor;
    starts.fill(notWanted);
    if (!cursor.enter(bytes, start, end)) return false;
    for (let place = 0; ; place++) {
      const known = this.#slots[place];
      const state = cursor.next(known?.key);
      if (state === 'end') return true;
      if (state === 'unusual') return false;
      const slot = known !== undefined && cursor.guessed ? known : this.#makeSlot(bytes, place);
      const { type } = cursor;
      if (type === 'object' ? slot.leadsInside : slot.field !== notWanted && type !== 'array' && type !== 'null') {
        const { field } = slot;
        if (type === 'object' || starts[field] !== notWanted || (type === 'string' && cursor.escaped)) return false;
        starts[field] = cursor.valueStart;
        ends[field] = cursor.valueEnd;
      }
    }
  }

  #makeSlot(bytes: Buffer, place: number): Slot {
    const key = Buffer.from(bytes.subarray(this.#cursor.keyStart, this.#cursor.keyEnd));
    const name = sanitizeLabelName(key.toString('utf8'), true);
    const slot = {
      key,
      field: this.#names.indexOf(name),
      // The parser also goes where the name of a duplicate could come from.
      leadsInside: this.#names.some((wanted) => `${wanted}${duplicateSuffix}`.startsWith(`${name}_`)),
    };
    if (place < maxSlots) this.#slots[place] = slot;
    return slot;
  }
}
