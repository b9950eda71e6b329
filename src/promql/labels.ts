// Label sets: immutable, sorted by name, without empty values (in Prometheus an empty label is an absent one).

import { compareText } from '../std/compare-text.ts';
import { quoteGoString } from '../std/go-string.ts';

export const metricNameLabel = '__name__';
export const bucketLabel = 'le';

// Lone surrogates cannot come out of UTF-8, so label texts that reach us over a wire never contain the separator.
export const keySeparator = '\udfff';

/** The labels that operations drop together with the metric name. */
const reservedLabels: readonly string[] = [metricNameLabel, '__type__', '__unit__'];

/** One label set. Equal sets have equal `key`s; compare keys, not objects. */
export class Labels {
  static readonly empty: Labels = new Labels([], []);

  readonly names: readonly string[];
  readonly values: readonly string[];
  #key: string | undefined;
  #withoutName: Labels | undefined;

  /** `names` must be sorted by code point and unique, `values` non-empty; use the makers below instead. `key`: if it is known. */
  constructor(names: readonly string[], values: readonly string[], key?: string) {
    this.names = names;
    this.values = values;
    this.#key = key;
  }

  /** Makes a set from pairs in any order; later pairs win, empty values drop the label. */
  static from(pairs: Iterable<readonly [string, string]>): Labels {
    const map = new Map(pairs);
    const names = shareNames([...map.keys()].filter((name) => map.get(name) !== '').sort(compareText));
    return new Labels(
      names,
      names.map((name) => map.get(name) ?? ''),
    );
  }

  get key(): string {
    if (this.#key === undefined) {
      let key = '';
      for (let i = 0; i < this.names.length; i++)
        key += `${this.names[i]}${keySeparator}${this.values[i]}${keySeparator}`;
      this.#key = key;
    }
    return this.#key;
  }

  get size(): number {
    return this.names.length;
  }

  /** The value of a label; '' if there is none. */
  get(name: string): string {
    const at = this.names.indexOf(name);
    return at === -1 ? '' : (this.values[at] ?? '');
  }

  has(name: string): boolean {
    return this.names.includes(name);
  }

  /** Sets some labels; an empty value removes. */
  with(changes: Iterable<readonly [string, string]>): Labels {
    return Labels.from([...this, ...changes]);
  }

  /** Keeps only the named labels. */
  keep(names: readonly string[]): Labels {
    return this.#filter((name) => names.includes(name));
  }

  /** Drops the named labels. */
  drop(names: readonly string[]): Labels {
    return this.#filter((name) => !names.includes(name));
  }

  /** Drops the metric name (and type and unit), as operations do that change what a value means. */
  dropMetricName(): Labels {
    // Kept, with its key: the labels of a store outlive a query, and the next one will ask again.
    this.#withoutName ??= this.drop(reservedLabels);
    return this.#withoutName;
  }

  *[Symbol.iterator](): IterableIterator<[string, string]> {
    for (let i = 0; i < this.names.length; i++) yield [this.names[i] ?? '', this.values[i] ?? ''];
  }

  /** `{a="b", c="d"}`, as Prometheus prints label sets in error messages. */
  toString(): string {
    const parts = [...this].map(([name, value]) => `${quoteLabelName(name)}=${quoteGoString(value)}`);
    return `{${parts.join(', ')}}`;
  }

  #filter(keeps: (name: string) => boolean): Labels {
    const names: string[] = [];
    const values: string[] = [];
    for (let i = 0; i < this.names.length; i++) {
      const name = this.names[i] ?? '';
      if (!keeps(name)) continue;
      names.push(name);
      values.push(this.values[i] ?? '');
    }
    return names.length === this.names.length ? this : new Labels(names, values);
  }
}

// Series are made one after the other with the same names: they keep one list of them.
let lastNames: readonly string[] = [];

function shareNames(names: readonly string[]): readonly string[] {
  if (names.length !== lastNames.length || names.some((name, i) => name !== lastNames[i])) lastNames = names;
  return lastNames;
}

/** Order of label sets: name before value, pair by pair; a prefix sorts first. */
export function compareLabels(a: Labels, b: Labels): number {
  const shared = Math.min(a.size, b.size);
  for (let i = 0; i < shared; i++) {
    const order = compareText(a.names[i] ?? '', b.names[i] ?? '') || compareText(a.values[i] ?? '', b.values[i] ?? '');
    if (order !== 0) return order;
  }
  return a.size - b.size;
}

/** A label name as it may stand bare in a query: letters, digits and underscores, no digit first. */
export function isLegacyLabelName(name: string): boolean {
  return /^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name);
}

/** Any non-empty valid UTF-8 text is a label name; decoders turn invalid bytes into U+FFFD. */
export function isValidLabelName(name: string): boolean {
  return name !== '' && !name.includes('\ufffd');
}

/** The name itself, or in quotes where it cannot stand bare. */
export function quoteLabelName(name: string): string {
  return isLegacyLabelName(name) ? name : quoteGoString(name);
}
