// From the numbers of one dictionary to those of another: each value is looked up once, however many spans have it.
import type { Dictionary } from './dictionary.ts';

const unknown = -1;

export class Renumbering {
  readonly from: Dictionary;
  readonly #to: Dictionary;
  readonly #keys: Int32Array;
  readonly #values: Int32Array;

  constructor(from: Dictionary, to: Dictionary) {
    this.from = from;
    this.#to = to;
    this.#keys = new Int32Array(from.keyCount).fill(unknown);
    this.#values = new Int32Array(from.valueCount).fill(unknown);
  }

  key(id: number): number {
    const known = this.#keys[id]!; // numbers come from the dictionary
    if (known !== unknown) return known;
    this.#keys[id] = this.#to.internKey(this.from.key(id));
    return this.#keys[id]!; // just set
  }

  value(id: number): number {
    const known = this.#values[id]!; // as above
    if (known !== unknown) return known;
    this.#values[id] = this.#to.intern(this.from.rawValue(id));
    return this.#values[id]!; // just set
  }
}
