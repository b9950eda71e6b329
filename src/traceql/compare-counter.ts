// Counts the values of attributes for compare(). Only numbers are counted: how many spans had this id, and of the ids whose
// values are shown, in which intervals. Names and values are made once per different one.
import { AttributeCounts } from './compare-attributes.ts';
import type { SpanList } from './compare-spans.ts';
import { type Attribute, type Counted, nameOf, Tally } from './compare-tally.ts';
import type { Field } from './fields.ts';
import { readSlots } from './functions/series-table.ts';
import type { Seen } from './items.ts';
import { printAttribute } from './print.ts';
import type { AttributeColumns, TraceSource } from './source.ts';
import { absentMark, nil, type Static } from './values.ts';
import { dedicatedResourceColumns, dedicatedSpanColumns } from './visibility.ts';

/** What is counted of a span beside its attributes. */
export interface CompareColumns {
  readonly fields: readonly { readonly name: string; readonly field: Field; readonly showsAbsent: boolean }[];
  readonly items: ((row: number) => readonly Seen[]) | undefined;
}

export interface CountOptions {
  readonly source: TraceSource;
  readonly columns: CompareColumns;
  /** The number of intervals. */
  readonly intervals: number;
  /** Values shown of each attribute at most. */
  readonly topN: number;
}

/** The attributes of spans with their most frequent values. */
export function countValues(spans: SpanList, options: CountOptions): Map<Attribute, readonly Counted[]> {
  const { source, columns, intervals, topN } = options;
  const tally = new Tally(intervals);
  const counters: Counter[] = [
    ...columns.fields.map((column) => countField(spans, column, tally)),
    countOwners(spans, { ...ownersOf(source, 'resource'), tally, source }),
    countOwners(spans, { ...ownersOf(source, 'instrumentation'), tally, source }),
    ...(columns.items ? [countItems(spans, columns.items, tally)] : []),
  ];
  const attributes = new AttributeCounts(spans, { source, tally, topN });
  const absences = [
    ...listAbsent(spans, 'span', dedicatedSpanColumns, { tally, present: attributes.present }),
    ...listAbsent(spans, 'resource', dedicatedResourceColumns, {
      tally,
      present: countTyped(spans, source, dedicatedResourceColumns),
    }),
  ];
  const chosen = tally.choose(topN);
  for (const count of counters) count(intervals);
  attributes.countIntervals(intervals);
  const all = countAllIntervals(spans, intervals);
  for (const absence of absences) countAbsent(spans, absence, { source, all });
  return chosen;
}

/** Counts by interval what was counted in all before. */
type Counter = (intervals: number) => void;

/** What spans with one code add to: entries of attributes. */
interface Target {
  readonly attribute: Attribute;
  readonly entry: Counted;
}

function countField(
  spans: SpanList,
  { name, field, showsAbsent }: CompareColumns['fields'][number],
  tally: Tally,
): Counter {
  const targetOf = (value: Static | undefined): Target[] => {
    if (!isShown(value, showsAbsent)) return [];
    const attribute = tally.attribute(name);
    return [{ attribute, entry: tally.entry(attribute, value ?? nil) }];
  };
  const { coded } = field;
  const { rows, count } = spans;
  if (!coded) return countTargets(spans, (row) => targetOf(field.get(row)));
  const codes = new Int32Array(count);
  readSlots(coded, { rows, count, into: codes });
  return countCodes(spans, { codes, size: coded.size + 1, targetsOf: (slot) => targetOf(coded.at(slot - 1)) });
}

interface Codes {
  /** Of each span of the list. */
  readonly codes: Int32Array;
  /** Codes are below it. */
  readonly size: number;
  readonly targetsOf: (code: number) => readonly Target[];
}

// Codes in the order in which they first come get small numbers, and these are counted.
function countCodes(spans: SpanList, { codes, size, targetsOf }: Codes): Counter {
  const numbers = new Int32Array(size);
  const totals: number[] = [];
  const seen: number[] = [];
  const { count } = spans;
  for (let i = 0; i < count; i++) {
    const code = codes[i]!; // one for each span
    let number = numbers[code]!; // codes are below the size
    if (number === 0) {
      number = seen.push(code);
      numbers[code] = number;
      totals.push(0);
    }
    totals[number - 1]!++;
    codes[i] = number - 1;
  }
  const targets = seen.map(targetsOf);
  targets.forEach((own, number) => {
    for (const { entry } of own) entry.total += totals[number]!; // as many as were seen
  });
  return (intervals) => addMatrix(spans, { codes, targets, intervals });
}

/** So many counts are held at once; more codes are counted in several walks. */
const mostCells = 2 ** 21;

interface Matrix {
  /** Numbers of targets. */
  readonly codes: Int32Array;
  readonly targets: readonly (readonly Target[])[];
  readonly intervals: number;
}

function addMatrix({ count, intervals: times }: SpanList, { codes, targets, intervals }: Matrix): void {
  const atOnce = Math.max(1, Math.floor(mostCells / intervals));
  for (let first = 0; first < targets.length; first += atOnce) {
    const size = Math.min(atOnce, targets.length - first);
    const cells = new Uint32Array(size * intervals);
    for (let i = 0; i < count; i++) {
      const code = codes[i]! - first; // one for each span, and an interval
      if (code >= 0 && code < size) cells[code * intervals + times[i]!]!++;
    }
    for (let code = 0; code < size; code++) {
      const row = cells.subarray(code * intervals, (code + 1) * intervals);
      for (const { attribute, entry } of targets[first + code]!) {
        addTo(attribute.totals, row);
        if (entry.counts) addTo(entry.counts, row);
      }
    }
  }
}

function addTo(sums: Float64Array, counts: Uint32Array): void {
  for (let i = 0; i < counts.length; i++) sums[i]! += counts[i]!; // both are by interval
}

// For what has no codes: span by span, twice.
function countTargets(spans: SpanList, targetsOf: (row: number) => readonly Target[]): Counter {
  const { rows, intervals: times, count } = spans;
  for (let i = 0; i < count; i++) for (const { entry } of targetsOf(rows[i]!)) entry.total++;
  return () => {
    for (let i = 0; i < count; i++) {
      for (const { attribute, entry } of targetsOf(rows[i]!)) {
        const interval = times[i]!; // one for each span
        attribute.totals[interval]!++;
        if (entry.counts) entry.counts[interval]!++;
      }
    }
  };
}

function countItems(spans: SpanList, items: (row: number) => readonly Seen[], tally: Tally): Counter {
  return countTargets(spans, (row) =>
    items(row)
      .filter(({ value }) => value.type !== 'duration')
      .map(({ ref, value }) => {
        const attribute = tally.attribute(printAttribute(ref));
        return { attribute, entry: tally.entry(attribute, value) };
      }),
  );
}

interface Owners {
  readonly scope: 'resource' | 'instrumentation';
  readonly columns: AttributeColumns;
  readonly slots: Uint32Array;
  readonly size: number;
}

function ownersOf({ spans, resources, scopes }: TraceSource, scope: Owners['scope']): Owners {
  return scope === 'resource'
    ? { scope, columns: resources.attributes, slots: spans.resource, size: resources.count }
    : { scope, columns: scopes.attributes, slots: spans.scope, size: scopes.count };
}

function countOwners(
  spans: SpanList,
  { scope, columns, slots, size, tally, source }: Owners & { readonly tally: Tally; readonly source: TraceSource },
): Counter {
  const { rows, count } = spans;
  const codes = new Int32Array(count);
  for (let i = 0; i < count; i++) codes[i] = slots[rows[i]!]!; // rows are of the source
  const { starts, keys, values } = columns;
  const targetsOf = (owner: number): Target[] => {
    const targets: Target[] = [];
    // Owners have a start and an end, and attributes between them.
    for (let i = starts[owner]!; i < starts[owner + 1]!; i++) {
      const attribute = tally.attribute(nameOf(scope, source.key(keys[i]!)));
      targets.push({ attribute, entry: tally.entry(attribute, source.value(values[i]!)) });
    }
    return targets;
  };
  return countCodes(spans, { codes, size, targetsOf });
}

// Columns of their own are listed for every span: absent values as the text nil, but service.name as "".
interface Absence extends Target {
  /** Does the span have a value in the column? Undefined: none has. */
  readonly isPresent: ((row: number, source: TraceSource) => boolean) | undefined;
}

type Present = ReadonlyMap<string, { readonly total: number; readonly isPresent: NonNullable<Absence['isPresent']> }>;

function listAbsent(
  spans: SpanList,
  scope: 'span' | 'resource',
  columns: ReadonlyMap<string, string>,
  { tally, present }: { readonly tally: Tally; readonly present: Present },
): Absence[] {
  return [...columns.keys()].flatMap((key) => {
    const known = present.get(key);
    if (known?.total === spans.count) return [];
    const attribute = tally.attribute(nameOf(scope, key));
    const entry = tally.entry(attribute, key === 'service.name' ? { type: 'string', value: '' } : absentMark);
    entry.total += spans.count - (known?.total ?? 0);
    return [{ attribute, entry, isPresent: known?.total ? known.isPresent : undefined }];
  });
}

function countAbsent(
  { rows, intervals, count }: SpanList,
  { attribute, entry, isPresent }: Absence,
  { source, all }: { readonly source: TraceSource; readonly all: Uint32Array },
): void {
  if (!isPresent) {
    addTo(attribute.totals, all);
    if (entry.counts) addTo(entry.counts, all);
    return;
  }
  for (let i = 0; i < count; i++) {
    if (isPresent(rows[i]!, source)) continue;
    const interval = intervals[i]!; // one for each span
    attribute.totals[interval]!++;
    if (entry.counts) entry.counts[interval]!++;
  }
}

function countAllIntervals({ intervals: times, count }: SpanList, intervals: number): Uint32Array {
  const all = new Uint32Array(intervals);
  for (let i = 0; i < count; i++) all[times[i]!]!++; // one for each span
  return all;
}

// Resources whose attribute has the type of its column.
function countTyped(
  { rows, count }: SpanList,
  { resources, spans, key, value }: TraceSource,
  columns: ReadonlyMap<string, string>,
): Present {
  const { starts, keys, values } = resources.attributes;
  const owners = new Map<string, Uint8Array>();
  for (let owner = 0; owner < resources.count; owner++) {
    // As for all owners.
    for (let i = starts[owner]!; i < starts[owner + 1]!; i++) {
      const name = key(keys[i]!);
      if (columns.get(name) !== value(values[i]!).type) continue;
      const marks = owners.get(name) ?? new Uint8Array(resources.count);
      marks[owner] = 1;
      owners.set(name, marks);
    }
  }
  const present = new Map<string, { total: number; isPresent: NonNullable<Absence['isPresent']> }>();
  for (const [name, marks] of owners) {
    let total = 0;
    for (let i = 0; i < count; i++) total += marks[spans.resource[rows[i]!]!]!; // rows are of the source
    present.set(name, { total, isPresent: (row, source) => marks[source.spans.resource[row]!] === 1 });
  }
  return present;
}

// Of what the query read, nothing is shown where there was nothing, and durations never.
function isShown(value: Static | undefined, showsAbsent: boolean): boolean {
  return showsAbsent || (value !== undefined && value.type !== 'nil' && value.type !== 'duration');
}
