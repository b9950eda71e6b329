// Counts values of attributes for compare(). Spans are counted by small numbers that decide what they have (forms, roots,
// value ids): first how many spans had each number, and of those whose values are shown, in which intervals.
import { FormCounts } from './compare-forms.ts';
import { addByInterval, Places, sumsOf, type Target } from './compare-places.ts';
import type { CompareRoom } from './compare-room.ts';
import { type RootCodes, RootCounts } from './compare-roots.ts';
import type { SpanList } from './compare-spans.ts';
import { type Attribute, type Counted, nameOf, Tally } from './compare-tally.ts';
import { countTotals, type Placed } from './compare-totals.ts';
import { type Field, readSlots } from './fields.ts';
import type { Seen } from './items.ts';
import { wordBytes } from './kernels/room.ts';
import { printAttribute } from './print.ts';
import type { AttributeColumns, SpanForms, TraceSource } from './source.ts';
import { absentMark, nil, type Static } from './values.ts';
import { dedicatedResourceColumns, dedicatedSpanColumns } from './visibility.ts';

/** A field to be counted. */
export interface CompareField {
  readonly name: string;
  readonly field: Field;
  readonly showsAbsent: boolean;
}

/** What is counted of a span beside its name and attributes. */
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
  readonly forms: SpanForms;
  readonly roots: RootCodes;
  readonly placed: Placed;
  readonly columns: CompareColumns;
  /** The number of intervals. */
  readonly intervals: number;
  /** Values shown of each attribute at most. */
  readonly topN: number;
}

/** The attributes of spans with their most frequent values. */
export function countValues(spans: SpanList, options: CountOptions): Map<Attribute, readonly Counted[]> {
  const { source, forms, roots, placed, columns, intervals, topN } = options;
  const totals = countTotals(spans, placed, options);
  const tally = new Tally(spans.room, intervals);
  const presence = new Tally(spans.room, intervals);
  const surroundings = { source, tally, presence };
  const targetsOfRoot = makeTargets(columns.ofRoot, tally);
  const all = presence.single(anySpan);
  const counters: Counter[] = [
    ...columns.others.map((column) => countField(spans, column, surroundings)),
    ...(columns.items ? [countItems(spans, columns.items, tally)] : []),
    new RootCounts({
      codes: roots,
      placed: placed.roots,
      totals: totals.roots,
      targetsOf: (row) => [...targetsOfRoot(row), all],
    }),
    new FormCounts({
      room: spans.room,
      source,
      tally,
      presence,
      forms,
      totals,
      placed,
      topN,
      targetsOf: makeTargetsOfShape(columns.ofShape, surroundings),
    }),
  ];
  const absences = [
    ...listAbsent(spans, 'span', dedicatedSpanColumns, surroundings),
    ...listAbsent(spans, 'resource', dedicatedResourceColumns, surroundings),
  ];
  const chosen = tally.choose(topN);
  for (const counter of counters) counter.countIntervals(spans, intervals);
  addAbsent(absences, { room: spans.room, all: all.attribute.totals, intervals });
  return chosen;
}

/** Counts by interval what was counted in all before. */
interface Counter {
  readonly countIntervals: (spans: SpanList, intervals: number) => void;
}

/** No attribute has this name. */
const anySpan = '';

interface Surroundings {
  readonly source: TraceSource;
  readonly tally: Tally;
  /** Of attributes with a column of their own: the spans that have a value there. And of `anySpan`, all. */
  readonly presence: Tally;
}

function targetOf(tally: Tally, { name, showsAbsent }: CompareField, value: Static | undefined): Target[] {
  if (!isShown(value, showsAbsent)) return [];
  const attribute = tally.attribute(name);
  return [{ attribute, entry: tally.entry(attribute, value ?? nil) }];
}

// What spans add to by fields, of which each value is looked up once.
function makeTargets(columns: readonly CompareField[], tally: Tally): (row: number) => Target[] {
  const readers = columns.map((column) => {
    const { get, coded } = column.field;
    if (!coded) return (row: number) => targetOf(tally, column, get(row));
    const ofId = memo((id) => targetOf(tally, column, coded.at(id)));
    return (row: number) => ofId(coded.idOf(row));
  });
  return (row) => {
    const targets: Target[] = [];
    for (const read of readers) targets.push(...read(row));
    return targets;
  };
}

function makeTargetsOfShape(columns: readonly CompareField[], surroundings: Surroundings): (row: number) => Target[] {
  const { source, tally, presence } = surroundings;
  const { resource, scope } = source.spans;
  const ofFields = makeTargets(columns, tally);
  const ofResource = memo((owner) => [
    ...targetsOfOwner(source, { scope: 'resource', columns: source.resources.attributes, owner }, tally),
    ...listPresent(source, owner, presence),
  ]);
  const ofScope = memo((owner) =>
    targetsOfOwner(source, { scope: 'instrumentation', columns: source.scopes.attributes, owner }, tally),
  );
  return (row) => [...ofFields(row), ...ofResource(resource[row]!), ...ofScope(scope[row]!)]; // rows are of the source
}

/** The same for the same number. */
function memo<T>(make: (id: number) => T): (id: number) => T {
  const known = new Map<number, T>();
  return (id) => {
    const found = known.get(id);
    if (found !== undefined) return found;
    const made = make(id);
    known.set(id, made);
    return made;
  };
}

function countField(spans: SpanList, column: CompareField, { source, tally }: Surroundings): Counter {
  const { get, coded } = column.field;
  if (!coded) return countTargets(spans, (row) => targetOf(tally, column, get(row)));
  const { room, count } = spans;
  const rows = spans.listRows();
  const slots = new Int32Array(count);
  readSlots(coded, { rows, count, into: slots });
  const codes = room.take(source.spans.count * wordBytes);
  const ofRow = room.words(codes, source.spans.count);
  const totals = new Uint32Array(coded.size + 1);
  for (let i = 0; i < count; i++) {
    const slot = slots[i]!; // one for each span
    ofRow[rows[i]!] = slot; // as above
    totals[slot]!++; // there is room for each
  }
  const seen = [...totals.keys()].filter((slot) => totals[slot] !== 0);
  const targets = seen.map((slot) => targetOf(tally, column, coded.at(slot - 1)));
  for (const [i, slot] of seen.entries()) for (const { entry } of targets[i] ?? []) entry.total += totals[slot]!; // as above
  return {
    countIntervals: (_, intervals) => {
      const places = new Places();
      const placeOf = new Int32Array(totals.length);
      for (const [i, slot] of seen.entries()) placeOf[slot] = places.placeOf(targets[i] ?? []);
      addByInterval(spans, { codes, placeOf, sums: places.sums, intervals });
    },
  };
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

// For what has no codes: span by span, twice.
function countTargets(spans: SpanList, targetsOf: (row: number) => readonly Target[]): Counter {
  spans.forEach((row) => {
    for (const { entry } of targetsOf(row)) entry.total++;
  });
  const countIntervals = () => {
    const cells = spans.room.all; // targets were all made above
    spans.forEach((row, interval) => {
      for (const { attribute, entry } of targetsOf(row))
        for (const sum of sumsOf(attribute, entry.counts)) cells[sum / wordBytes + interval]!++; // intervals are of the window
    });
  };
  return { countIntervals };
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
  /** By interval, in the room: spans that have a value in the column; undefined: none has. */
  readonly present: number | undefined;
}

function listAbsent(
  { count }: SpanList,
  scope: 'span' | 'resource',
  columns: ReadonlyMap<string, string>,
  { tally, presence }: Surroundings,
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

interface Everything {
  readonly room: CompareRoom;
  /** By interval, in the room: all spans. */
  readonly all: number;
  /** The number of intervals. */
  readonly intervals: number;
}

function addAbsent(absences: readonly Absence[], { room, all, intervals }: Everything): void {
  const absent = room.take(intervals * wordBytes);
  const counts = room.words(absent, intervals);
  for (const { attribute, entry, present } of absences) {
    counts.set(room.words(all, intervals));
    if (present !== undefined) for (const [i, count] of room.words(present, intervals).entries()) counts[i]! -= count; // both are by interval
    room.add(absent, sumsOf(attribute, entry.counts), intervals);
  }
}

// Of what the query read, nothing is shown where there was nothing, and durations never.
function isShown(value: Static | undefined, showsAbsent: boolean): boolean {
  return showsAbsent || (value !== undefined && value.type !== 'nil' && value.type !== 'duration');
}
