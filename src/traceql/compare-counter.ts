// Counts the attributes of spans for compare(). While spans pass, only numbers are counted: how many spans had this
// resource, this value of this key; names and values are made of them at the end, once per different one.
import type { Field } from './fields.ts';
import type { Seen } from './items.ts';
import { printAttribute } from './print.ts';
import type { AttributeColumns, TraceSource } from './source.ts';
import { absentMark, groupKey, nil, type Static } from './values.ts';
import { dedicatedResourceColumns, dedicatedSpanColumns } from './visibility.ts';

export interface Counted {
  readonly value: Static;
  readonly counts: Float64Array;
}

/** Values with their counts by interval, by attribute. */
export type Tally = Map<string, Map<string, Counted>>;

/** What is counted of a span beside its attributes. */
export interface CompareColumns {
  readonly fields: readonly { readonly name: string; readonly field: Field; readonly showsAbsent: boolean }[];
  readonly items: ((row: number) => readonly Seen[]) | undefined;
}

/** Counts by number; the numbers are those of one table. */
type Counts = Map<number, Float64Array>;

type Scope = 'span' | 'resource' | 'instrumentation';

const dedicatedColumns: Readonly<Record<Scope, ReadonlyMap<string, string>>> = {
  span: dedicatedSpanColumns,
  resource: dedicatedResourceColumns,
  instrumentation: new Map(),
};

export class SpanCounter {
  private readonly source: TraceSource;
  private readonly columns: CompareColumns;
  private readonly size: number;
  private readonly totals: Float64Array;
  private readonly resources: Counts = new Map();
  private readonly scopes: Counts = new Map();
  /** By key and value in one number. */
  private readonly attributes: Counts = new Map();
  private readonly coded: readonly Counts[];
  /** Spans with a value in a column of their own, by name. */
  private readonly present = new Map<string, Float64Array>();
  private readonly tally: Tally = new Map();

  /** `size`: the number of intervals. */
  constructor(source: TraceSource, columns: CompareColumns, size: number) {
    this.source = source;
    this.columns = columns;
    this.size = size;
    this.totals = new Float64Array(size);
    this.coded = columns.fields.map(() => new Map());
  }

  add(row: number, interval: number): void {
    const { spans, valueCount } = this.source;
    const { starts, keys, values } = spans.attributes;
    // Rows are of the source, and so are their attributes; intervals are below size.
    this.totals[interval]!++;
    this.countsOf(this.resources, spans.resource[row]!)[interval]!++;
    this.countsOf(this.scopes, spans.scope[row]!)[interval]!++;
    for (let i = starts[row]!; i < starts[row + 1]!; i++)
      this.countsOf(this.attributes, keys[i]! * valueCount + values[i]!)[interval]!++;
    this.addFields(row, interval);
    for (const { ref, value } of this.columns.items?.(row) ?? [])
      if (value.type !== 'duration') this.tallyOf(printAttribute(ref), value)[interval]!++;
  }

  finish(): Tally {
    const { resources, scopes } = this.source;
    this.finishFields();
    for (const [owner, counts] of this.resources) this.addOwner('resource', resources.attributes, owner, counts);
    for (const [owner, counts] of this.scopes) this.addOwner('instrumentation', scopes.attributes, owner, counts);
    const { valueCount } = this.source;
    for (const [code, counts] of this.attributes)
      this.addAttribute('span', { key: Math.floor(code / valueCount), value: code % valueCount }, counts);
    this.addAbsent('span');
    this.addAbsent('resource');
    return this.tally;
  }

  private addFields(row: number, interval: number): void {
    const { fields } = this.columns;
    for (let i = 0; i < fields.length; i++) {
      const { name, field, showsAbsent } = fields[i]!; // below its length, and `coded` is as long
      if (field.coded) {
        this.countsOf(this.coded[i]!, field.coded.idOf(row))[interval]!++;
        continue;
      }
      const value = field.get(row);
      if (isShown(value, showsAbsent)) this.tallyOf(name, value ?? nil)[interval]!++;
    }
  }

  private finishFields(): void {
    for (const [i, { name, field, showsAbsent }] of this.columns.fields.entries()) {
      for (const [code, counts] of this.coded[i] ?? []) {
        const value = field.coded?.at(code);
        if (isShown(value, showsAbsent)) addTo(this.tallyOf(name, value ?? nil), counts);
      }
    }
  }

  private addOwner(
    scope: Scope,
    { starts, keys, values }: AttributeColumns,
    owner: number,
    counts: Float64Array,
  ): void {
    // Owners have a start and an end, and attributes between them.
    for (let i = starts[owner]!; i < starts[owner + 1]!; i++)
      this.addAttribute(scope, { key: keys[i]!, value: values[i]! }, counts);
  }

  private addAttribute(
    scope: Scope,
    ids: { readonly key: number; readonly value: number },
    counts: Float64Array,
  ): void {
    const key = this.source.key(ids.key);
    const value = this.source.value(ids.value);
    const name = nameOf(scope, key);
    addTo(this.tallyOf(name, value), counts);
    if (dedicatedColumns[scope].get(key) === value.type) addTo(this.countsOf(this.present, name), counts);
  }

  // Columns of their own are listed for every span: absent values as the text nil, but service.name as "".
  private addAbsent(scope: Scope): void {
    for (const key of dedicatedColumns[scope].keys()) {
      const name = nameOf(scope, key);
      const present = this.present.get(name);
      const absent = this.totals.map((total, i) => total - (present?.[i] ?? 0));
      if (absent.every((count) => count === 0)) continue;
      addTo(this.tallyOf(name, key === 'service.name' ? { type: 'string', value: '' } : absentMark), absent);
    }
  }

  private countsOf<K>(by: Map<K, Float64Array>, id: K): Float64Array {
    const known = by.get(id);
    if (known !== undefined) return known;
    const made = new Float64Array(this.size);
    by.set(id, made);
    return made;
  }

  private tallyOf(name: string, value: Static): Float64Array {
    const byValue = this.tally.get(name) ?? new Map<string, Counted>();
    this.tally.set(name, byValue);
    // Arrays lose their values on Tempo's way to the front end.
    const shown = Array.isArray((value as { value?: unknown }).value) ? nil : value;
    const key = groupKey(shown.type === 'nil' ? absentMark : shown);
    const counted = byValue.get(key) ?? { value: shown, counts: new Float64Array(this.size) };
    byValue.set(key, counted);
    return counted.counts;
  }
}

// Of what the query read, nothing is shown where there was nothing, and durations never.
function isShown(value: Static | undefined, showsAbsent: boolean): boolean {
  return showsAbsent || (value !== undefined && value.type !== 'nil' && value.type !== 'duration');
}

function nameOf(scope: Scope, name: string): string {
  return printAttribute({ scope, parent: false, name, intrinsic: undefined });
}

function addTo(sums: Float64Array, counts: Float64Array): void {
  for (const [i, count] of counts.entries()) sums[i]! += count; // both have one place per interval
}
