// Counts values of attributes for compare(). Spans are counted by small numbers that decide what they have (shapes, roots,
// value ids): first how many spans had each number, and of those whose values are shown, in which intervals.
import { AttributeCounts, addTo } from './compare-attributes.ts';
import type { SpanList } from './compare-spans.ts';
import { type Attribute, type Counted, nameOf, Tally } from './compare-tally.ts';
import type { Field } from './fields.ts';
import { PairIndex } from './functions/pair-index.ts';
import { readSlots } from './functions/series-table.ts';
import type { Seen } from './items.ts';
import { countCells, countCodes, gatherWords, hasNoSeries, isKnown } from './loops.ts';
import { printAttribute } from './print.ts';
import type { AttributeColumns, TraceSource } from './source.ts';
import { absentMark, nil, type Static } from './values.ts';
import { dedicatedResourceColumns, dedicatedSpanColumns } from './visibility.ts';

/** A field to be counted. */
export interface CompareField {
  readonly name: string;
  readonly field: Field;
  readonly showsAbsent: boolean;
}

/** What is counted of a span beside its attributes. */
export interface CompareColumns {
  /** What the shape of a span decides. */
  readonly ofShape: readonly CompareField[];
  /** What the root of its trace decides by its name and resource. */
  readonly ofRoot: readonly CompareField[];
  readonly others: readonly CompareField[];
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
  const presence = new Tally(intervals);
  const counters: Counter[] = [
    ...columns.others.map((column) => countField(spans, column, tally)),
    countRoots(spans, columns.ofRoot, { source, tally }),
    countShapes(spans, columns.ofShape, { source, tally, presence }),
    ...(columns.items ? [countItems(spans, columns.items, tally)] : []),
  ];
  const attributes = new AttributeCounts(spans, { source, tally, presence, topN });
  const absences = [
    ...listAbsent(spans, 'span', dedicatedSpanColumns, { tally, presence }),
    ...listAbsent(spans, 'resource', dedicatedResourceColumns, { tally, presence }),
  ];
  const chosen = tally.choose(topN);
  for (const count of counters) count(intervals);
  attributes.countIntervals(intervals);
  addAbsent(absences, countAllIntervals(spans, intervals));
  return chosen;
}

/** Counts by interval what was counted in all before. */
type Counter = (intervals: number) => void;

/** What spans with one code add to: entries of attributes. */
interface Target {
  readonly attribute: Attribute;
  readonly entry: Counted;
}

function targetOf(tally: Tally, { name, showsAbsent }: CompareField, value: Static | undefined): Target[] {
  if (!isShown(value, showsAbsent)) return [];
  const attribute = tally.attribute(name);
  return [{ attribute, entry: tally.entry(attribute, value ?? nil) }];
}

function countField(spans: SpanList, column: CompareField, tally: Tally): Counter {
  const { get, coded } = column.field;
  const { rows, count } = spans;
  if (!coded) return countTargets(spans, (row) => targetOf(tally, column, get(row)));
  const codes = new Int32Array(count);
  readSlots(coded, { rows, count, into: codes });
  return countByCode(spans, {
    codes,
    size: coded.size + 1,
    targetsOf: (slot) => targetOf(tally, column, coded.at(slot - 1)),
  });
}

interface Surroundings {
  readonly source: TraceSource;
  readonly tally: Tally;
}

// Traces whose roots have the same name and resource have one code; a span of the first such trace stands for all.
function countRoots(spans: SpanList, columns: readonly CompareField[], { source, tally }: Surroundings): Counter {
  const { name, resource, trace } = source.spans;
  const { count: traces, firstRow, rootRow } = source.traces;
  const pairs = new PairIndex();
  const examples: number[] = [];
  const codeOf = new Uint32Array(traces);
  for (let i = 0; i < traces; i++) {
    const root = rootRow[i]!; // traces are of the source
    const code = root === -1 ? pairs.indexOf(-1, -1) : pairs.indexOf(name[root]!, resource[root]!);
    codeOf[i] = code;
    if (code === examples.length) examples.push(firstRow[i]!);
  }
  const codes = gather(spans, trace);
  for (let i = 0; i < codes.length; i++) codes[i] = codeOf[codes[i]!]!; // codes were those of traces
  // Every code has an example.
  const targetsOf = (code: number) =>
    columns.flatMap((column) => targetOf(tally, column, column.field.get(examples[code]!)));
  return countByCode(spans, { codes, size: examples.length, targetsOf });
}

function countShapes(
  spans: SpanList,
  columns: readonly CompareField[],
  { source, tally, presence }: Surroundings & { readonly presence: Tally },
): Counter {
  const { of, firstRows } = source.shapes();
  const { resource, scope } = source.spans;
  const targetsOf = (shape: number): Target[] => {
    const row = firstRows[shape]!; // every shape has a row
    return [
      ...columns.flatMap((column) => targetOf(tally, column, column.field.get(row))),
      ...targetsOfOwner(
        source,
        { scope: 'resource', columns: source.resources.attributes, owner: resource[row]! },
        tally,
      ),
      ...targetsOfOwner(
        source,
        { scope: 'instrumentation', columns: source.scopes.attributes, owner: scope[row]! },
        tally,
      ),
      ...listPresent(source, resource[row]!, presence),
    ];
  };
  return countByCode(spans, { codes: gather(spans, of), size: firstRows.length, targetsOf });
}

function gather({ rows, count }: SpanList, slots: Uint32Array): Int32Array {
  const codes = new Int32Array(count);
  gatherWords(slots, { rows, count, shift: 0 }, codes);
  return codes;
}

interface Owner {
  readonly scope: 'resource' | 'instrumentation';
  readonly columns: AttributeColumns;
  readonly owner: number;
}

function targetsOfOwner(source: TraceSource, { scope, columns, owner }: Owner, tally: Tally): Target[] {
  const { starts, keys, values } = columns;
  const targets: Target[] = [];
  // Owners have a start and an end, and attributes between them.
  for (let i = starts[owner]!; i < starts[owner + 1]!; i++) {
    const attribute = tally.attribute(nameOf(scope, source.key(keys[i]!)));
    targets.push({ attribute, entry: tally.entry(attribute, source.value(values[i]!)) });
  }
  return targets;
}

// Attributes of the resource whose value has the type of their column.
function listPresent({ resources, key, value }: TraceSource, owner: number, presence: Tally): Target[] {
  const { starts, keys, values } = resources.attributes;
  const present = new Set<string>();
  // As for all owners.
  for (let i = starts[owner]!; i < starts[owner + 1]!; i++) {
    const name = key(keys[i]!);
    if (dedicatedResourceColumns.get(name) === value(values[i]!).type) present.add(nameOf('resource', name));
  }
  return [...present].map((name) => presence.single(name));
}

interface Codes {
  /** Of each span of the list. */
  readonly codes: Int32Array;
  /** Codes are below it. */
  readonly size: number;
  readonly targetsOf: (code: number) => readonly Target[];
}

function countByCode(spans: SpanList, { codes, size, targetsOf }: Codes): Counter {
  const totals = new Uint32Array(size);
  countCodes(codes, spans.count, totals);
  const seen: Counting['seen'] = [];
  for (let code = 0; code < size; code++) {
    const total = totals[code]!; // there is one for each
    if (total === 0) continue;
    const targets = targetsOf(code);
    for (const { entry } of targets) entry.total += total;
    seen.push({ code, targets });
  }
  return (intervals) => addByInterval(spans, { codes, size, seen, intervals });
}

/** So many counts are held at once; more codes are counted in several walks. */
const mostCells = 2 ** 20;

interface Counting {
  readonly codes: Int32Array;
  readonly size: number;
  readonly seen: { readonly code: number; readonly targets: readonly Target[] }[];
  readonly intervals: number;
}

function addByInterval({ count, intervals: times }: SpanList, { codes, size, seen, intervals }: Counting): void {
  const atOnce = Math.max(1, Math.floor(mostCells / intervals));
  for (let first = 0; first < seen.length; first += atOnce) {
    const some = seen.slice(first, first + atOnce);
    const places = new Int32Array(size).fill(hasNoSeries);
    for (const [place, { code }] of some.entries()) places[code] = place * intervals + isKnown;
    const cells = new Uint32Array(some.length * intervals);
    countCells({ numbers: codes, intervals: times, from: 0, count }, places, cells);
    for (const [place, { targets }] of some.entries()) {
      const own = cells.subarray(place * intervals, (place + 1) * intervals);
      for (const { attribute, entry } of targets) {
        addTo(attribute.totals, own);
        if (entry.counts) addTo(entry.counts, own);
      }
    }
  }
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

/** Columns of their own are listed for every span: absent values as the text nil, but service.name as "". */
interface Absence extends Target {
  /** By interval: spans that have a value in the column; undefined: none has. */
  readonly present: Float64Array | undefined;
}

function listAbsent(
  { count }: SpanList,
  scope: 'span' | 'resource',
  columns: ReadonlyMap<string, string>,
  { tally, presence }: { readonly tally: Tally; readonly presence: Tally },
): Absence[] {
  return [...columns.keys()].flatMap((key) => {
    const name = nameOf(scope, key);
    const known = presence.attributes.has(name) ? presence.single(name) : undefined;
    const absent = count - (known?.entry.total ?? 0);
    if (absent === 0 && count > 0) return [];
    const attribute = tally.attribute(name);
    const entry = tally.entry(attribute, key === 'service.name' ? { type: 'string', value: '' } : absentMark);
    entry.total += absent;
    return [{ attribute, entry, present: known?.attribute.totals }];
  });
}

function addAbsent(absences: readonly Absence[], all: Float64Array): void {
  for (const { attribute, entry, present } of absences) {
    const absent = present ? all.map((count, i) => count - present[i]!) : all; // both are by interval
    addTo(attribute.totals, absent);
    if (entry.counts) addTo(entry.counts, absent);
  }
}

function countAllIntervals({ intervals: times, count }: SpanList, intervals: number): Float64Array {
  const all = new Float64Array(intervals);
  for (let i = 0; i < count; i++) all[times[i]!]!++; // one for each span
  return all;
}

// Of what the query read, nothing is shown where there was nothing, and durations never.
function isShown(value: Static | undefined, showsAbsent: boolean): boolean {
  return showsAbsent || (value !== undefined && value.type !== 'nil' && value.type !== 'duration');
}
