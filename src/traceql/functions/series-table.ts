// Sorts spans into series by the values of the grouping attributes.
import type { Field } from '../fields.ts';
import { absentMark, groupKey, nil, type Static } from '../values.ts';
import type { Accumulator } from './over-time.ts';
import type { Label, Series } from './series.ts';

export interface GroupBy {
  readonly name: string;
  readonly field: Field;
  /** Spans without a value are left out; else they form a series of their own. */
  readonly isRequired?: boolean;
}

export interface SeriesTableOptions {
  readonly by: readonly GroupBy[];
  /** Labels of the only series if there are no groups; it is there even without spans. */
  readonly alone: readonly Label[] | undefined;
  /** Labels if there are no groups. */
  readonly nameless: readonly Label[];
  readonly makeAccumulator: () => Accumulator;
  readonly value: (row: number) => number;
}

// Codes below this are places of an array; a map serves the rest.
const maxDirectCode = 4096;

interface Entry {
  readonly labels: readonly Label[];
  readonly accumulator: Accumulator;
  readonly index: number;
}

export class SeriesTable {
  private readonly options: SeriesTableOptions;
  private readonly byKey = new Map<string, Entry>();
  /** Series by the codes of all grouping fields as one number; the fast way for most queries. */
  private readonly byCode = new Map<number, Entry | undefined>();
  private readonly byDirectCode: Entry[] = [];
  private readonly codes: readonly NonNullable<Field['coded']>[] | undefined;
  private readonly entries: Entry[] = [];
  private readonly only: Entry | undefined;

  constructor(options: SeriesTableOptions) {
    this.options = options;
    this.codes = listCodes(options.by);
    this.only = options.alone ? this.addEntry(options.alone) : undefined;
  }

  /** Counts a span; says which series it went to, undefined if to none. */
  add(row: number, interval: number): number | undefined {
    const entry = this.only ?? this.findEntry(row);
    if (!entry) return undefined;
    entry.accumulator.add(interval, this.options.value(row));
    return entry.index;
  }

  /** All series, in the order in which `add` numbered them. */
  finish(): Series[] {
    return this.entries.map(({ labels, accumulator }) => ({ labels, values: accumulator.values(), exemplars: [] }));
  }

  private findEntry(row: number): Entry | undefined {
    if (!this.codes) return this.findByValues(row);
    let code = 0;
    for (const { idOf, size } of this.codes) code = code * (size + 1) + idOf(row) + 1;
    const known = code < maxDirectCode ? this.byDirectCode[code] : this.byCode.get(code);
    if (known) return known;
    const found = this.findByValues(row);
    if (code >= maxDirectCode) this.byCode.set(code, found);
    else if (found) this.byDirectCode[code] = found;
    return found;
  }

  private findByValues(row: number): Entry | undefined {
    const { by } = this.options;
    const values = by.map(({ field }) => flatten(field.get(row) ?? nil));
    if (by.some(({ isRequired }, i) => isRequired && values[i]?.type === 'nil')) return undefined;
    const labels = this.labelsOf(values);
    const key = labels.map(({ name, value }) => name + groupKey(value)).join('\u0000');
    const known = this.byKey.get(key);
    if (known) return known;
    const made = this.addEntry(labels);
    this.byKey.set(key, made);
    return made;
  }

  // Missing values have no label, except that a series never has none at all.
  private labelsOf(values: readonly Static[]): readonly Label[] {
    const { by, nameless } = this.options;
    if (by.length === 0) return nameless;
    const labels = by.flatMap(({ name }, i) => {
      const value = values[i] ?? nil;
      return value.type === 'nil' ? [] : [{ name, value }];
    });
    const [first] = by;
    return labels.length > 0 || !first ? labels : [{ name: first.name, value: absentMark }];
  }

  private addEntry(labels: readonly Label[]): Entry {
    const entry = { labels, accumulator: this.options.makeAccumulator(), index: this.entries.length };
    this.entries.push(entry);
    return entry;
  }
}

// Undefined if a field has no codes, or if together they do not fit a number.
function listCodes(by: readonly GroupBy[]): readonly NonNullable<Field['coded']>[] | undefined {
  const codes = by.flatMap(({ field }) => field.coded ?? []);
  const combinations = codes.reduce((product, { size }) => product * (size + 1), 1);
  return codes.length === by.length && combinations <= Number.MAX_SAFE_INTEGER ? codes : undefined;
}

// Arrays do not survive Tempo's way from worker to front end: they come out as if the value were missing.
function flatten(value: Static): Static {
  return Array.isArray((value as { value?: unknown }).value) ? absentMark : value;
}
