// Counts the attributes of spans for compare(). While spans pass, only numbers are counted: how many spans had this
// resource, this value of this key; names and values are made of them at the end, once per different one.
import type { Field } from './fields.ts';
import { IntervalCounts } from './functions/interval-counts.ts';
import type { Seen } from './items.ts';
import { printAttribute } from './print.ts';
import type { AttributeColumns, TraceSource } from './source.ts';
import { absentMark, groupKey, nil, type Static } from './values.ts';
import { dedicatedResourceColumns, dedicatedSpanColumns } from './visibility.ts';

export interface Counted {
  readonly value: Static;
  readonly counts: IntervalCounts;
}

/** Values with their counts by interval, by attribute. */
export type Tally = Map<string, Map<string, Counted>>;

/** What is counted of a span beside its attributes. */
export interface CompareColumns {
  readonly fields: readonly { readonly name: string; readonly field: Field; readonly showsAbsent: boolean }[];
  readonly items: ((row: number) => readonly Seen[]) | undefined;
}

/** Counts by number; the numbers are those of one table. */
type Counts = Map<number, IntervalCounts>;

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
  private readonly totals: IntervalCounts;
  private readonly resources: Counts = new Map();
  private readonly scopes: Counts = new Map();
  /** By key and value in one number. */
  private readonly attributes: Counts = new Map();
  private readonly coded: readonly Counts[];
  /** Spans with a value in a column of their own, by name. */
  private readonly present = new Map<string, IntervalCounts>();
  private readonly tally: Tally = new Map();

  /** `size`: the number of intervals. */
  constructor(source: TraceSource, columns: CompareColumns, size: number) {
    this.source = source;
    this.columns = columns;
    this.size = size;
    this.totals = new IntervalCounts(size);
    this.coded = columns.fields.map(() => new Map());
  }

  add(row: number, interval: number): void {
    const { spans, valueCount } = this.source;
    const { starts, keys, values } = spans.attributes;
    // Rows are of the source, and so are their attributes.
    this.totals.add(interval);
    this.countsOf(this.resources, spans.resource[row]!).add(interval);
    this.countsOf(this.scopes, spans.scope[row]!).add(interval);
    for (let i = starts[row]!; i < starts[row + 1]!; i++)
      this.countsOf(this.attributes, keys[i]! * valueCount + values[i]!).add(interval);
    this.addFields(row, interval);
    for (const { ref, value } of this.columns.items?.(row) ?? [])
      if (value.type !== 'duration') this.tallyOf(printAttribute(ref), value).add(interval);
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
        this.countsOf(this.coded[i]!, field.coded.idOf(row)).add(interval);
        continue;
      }
      const value = field.get(row);
      if (isShown(value, showsAbsent)) this.tallyOf(name, value ?? nil).add(interval);
    }
  }

  private finishFields(): void {
    for (const [i, { name, field, showsAbsent }] of this.columns.fields.entries()) {
      for (const [code, counts] of this.coded[i] ?? []) {
        const value = field.coded?.at(code);
        if (isShown(value, showsAbsent)) this.tallyOf(name, value ?? nil).addAll(counts);
      }
    }
  }

  private addOwner(
    scope: Scope,
    { starts, keys, values }: AttributeColumns,
    owner: number,
    counts: IntervalCounts,
  ): void {
    // Owners have a start and an end, and attributes between them.
    for (let i = starts[owner]!; i < starts[owner + 1]!; i++)
      this.addAttribute(scope, { key: keys[i]!, value: values[i]! }, counts);
  }

  private addAttribute(
    scope: Scope,
    ids: { readonly key: number; readonly value: number },
    counts: IntervalCounts,
  ): void {
    const key = this.source.key(ids.key);
    const value = this.source.value(ids.value);
    const name = nameOf(scope, key);
    this.tallyOf(name, value).addAll(counts);
    if (dedicatedColumns[scope].get(key) === value.type) this.countsOf(this.present, name).addAll(counts);
  }

  // Columns of their own are listed for every span: absent values as the text nil, but service.name as "".
  private addAbsent(scope: Scope): void {
    for (const key of dedicatedColumns[scope].keys()) {
      const name = nameOf(scope, key);
      const present = this.present.get(name);
      if (present?.total === this.totals.total) continue;
      const absent = this.tallyOf(name, key === 'service.name' ? { type: 'string', value: '' } : absentMark);
      absent.addAll(this.totals);
      if (present) absent.subtractAll(present);
    }
  }

  private countsOf<K>(by: Map<K, IntervalCounts>, id: K): IntervalCounts {
    const known = by.get(id);
    if (known !== undefined) return known;
    const made = new IntervalCounts(this.size);
    by.set(id, made);
    return made;
  }

  private tallyOf(name: string, value: Static): IntervalCounts {
    const byValue = this.tally.get(name) ?? new Map<string, Counted>();
    this.tally.set(name, byValue);
    // Arrays lose their values on Tempo's way to the front end.
    const shown = Array.isArray((value as { value?: unknown }).value) ? nil : value;
    const key = groupKey(shown.type === 'nil' ? absentMark : shown);
    const counted = byValue.get(key) ?? { value: shown, counts: new IntervalCounts(this.size) };
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
