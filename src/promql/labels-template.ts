// Makes label sets that differ in a few values: what all of them share, of their keys too, is made once.
import { keySeparator, Labels } from './labels.ts';

export class LabelsTemplate {
  readonly #names: readonly string[];
  readonly #values: readonly string[];
  /** Where the values stand that differ. */
  readonly #places: readonly number[];
  /** Of the keys, what stands before, between and behind those values. */
  readonly #keyParts: readonly string[];

  /** `names` as `Labels` wants them; `undefined` stands for a value that differs. */
  constructor(names: readonly string[], values: readonly (string | undefined)[]) {
    const places: number[] = [];
    const keyParts: string[] = [];
    let part = '';
    for (const [i, value] of values.entries()) {
      part += `${names[i]}${keySeparator}`;
      if (value === undefined) {
        places.push(i);
        keyParts.push(part);
        part = '';
      }
      part += `${value ?? ''}${keySeparator}`;
    }
    this.#names = names;
    this.#values = values.map((value) => value ?? '');
    this.#places = places;
    this.#keyParts = [...keyParts, part];
  }

  /** The set with these values, non-empty, in the places that differ. */
  fill(texts: readonly string[]): Labels {
    const values = this.#values.slice();
    const parts = this.#keyParts;
    let key = parts[0]!; // a key has one part more than there are places
    for (let i = 0; i < texts.length; i++) {
      const text = texts[i]!; // i is below the length
      values[this.#places[i]!] = text; // as many texts as places
      key += text + parts[i + 1]!;
    }
    return new Labels(this.#names, values, key);
  }
}
