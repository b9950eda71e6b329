// Remembers the labels of data points: exporters send the same series again and again, and making a label set costs more
// than everything else about a sample.
import type { Labels } from '../../../promql/labels.ts';

/** Beyond this everything is forgotten and learned anew. */
const maxEntries = 20_000;

export class LabelsMemo {
  readonly #known = new Map<string, Labels>();

  /** The labels for a text that says all that they are made of. */
  recall(text: string, make: () => Labels): Labels {
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const made = make();
    if (this.#known.size >= maxEntries) this.#known.clear();
    this.#known.set(text, made);
    return made;
  }
}
