// Counts values of attributes for compare(). Spans are counted by small numbers that decide what they have (forms, roots,
// value ids): first how many spans had each number, and of those whose values are shown, in which slots.
import { FormCounts } from './compare-forms.ts';
import { addBySlot, type Cells, Places, sumsOf, type Target } from './compare-places.ts';
import { RootCounts } from './compare-roots.ts';
import { bothSides, type Slots, sides } from './compare-slots.ts';
import { addToEntry, type Chosen, nameOf, Tally } from './compare-tally.ts';
import { countTotals } from './compare-totals.ts';
import { type Coded, type Field, readSlots } from './fields.ts';
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

/** One of which all values are shown, by numbers. */
export interface RootField {
  readonly name: string;
  readonly coded: Coded;
}

/** What is counted of a span beside its name and attributes. */
export interface CompareFields {
  /** What the shape of a span decides. */
  readonly ofShape: readonly CompareField[];
  /** What the root of its trace decides by its name and resource. */
  readonly ofRoot: readonly RootField[];
  readonly others: readonly CompareField[];
  readonly items: ((row: number) => readonly Seen[]) | undefined;
}

export interface CountOptions {
  readonly source: TraceSource;
  readonly forms: SpanForms;
  readonly columns: CompareFields;
  /** Values shown of each attribute and side at most. */
  readonly topN: number;
}

/** The attributes of spans with their most frequent values. */
export function countValues(slots: Slots, { source, forms, columns, topN }: CountOptions): Chosen[] {
  const { room } = slots;
  const totals = countTotals(slots, source, forms);
  const { roots } = room.columns;
  roots.keepUp(
    source.traces,
    columns.ofRoot.map(({ coded }) => coded),
  );
  const tally = new Tally(slots);
  const presence = new Tally(slots);
  const surroundings = { source, tally, presence };
  const all = room.takeZeros(slots.count);
  const counters: Counter[] = [
    ...columns.others.map((column) => countField(slots, column, surroundings)),
    ...(columns.items ? [countItems(slots, columns.items, tally)] : []),
    new RootCounts({
      room,
      codes: roots,
      traces: source.traces.count,
      totals,
      targetOf: (field, slot) => {
        const { name, coded } = columns.ofRoot[field]!; // roots are coded by these
        const attribute = tally.attribute(name);
        return { attribute, entry: tally.entry(attribute, coded.at(slot - 1) ?? nil) };
      },
      all,
    }),
    new FormCounts({
      room,
      source,
      tally,
      presence,
      forms,
      totals,
      topN,
      targetsOf: makeTargetsOfShape(columns.ofShape, surroundings),
    }),
  ];
  const absences = [
    ...listAbsent(slots, 'span', dedicatedSpanColumns, surroundings),
    ...listAbsent(slots, 'resource', dedicatedResourceColumns, surroundings),
  ];
  const chosen = tally.choose(topN);
  addBySlot(
    slots,
    counters.flatMap((counter) => counter.listCells(slots)),
  );
  for (const counter of counters) counter.finish?.(slots);
  addAbsent(absences, slots, all);
  return chosen;
}

interface Counter {
  /** What is to be counted by slot of what was counted in all before, once it is known what is shown. */
  readonly listCells: (slots: Slots) => readonly Cells[];
  /** Comes when that was counted. */
  readonly finish?: (slots: Slots) => void;
}

interface Surroundings {
  readonly source: TraceSource;
  readonly tally: Tally;
  /** Of attributes with a column of their own: the spans that have a value there. */
  readonly presence: Tally;
}

function targetOf(tally: Tally, { name, showsAbsent }: CompareField, value: Static | undefined): Target | undefined {
  if (!isShown(value, showsAbsent)) return undefined;
  const attribute = tally.attribute(name);
  return { attribute, entry: tally.entry(attribute, value ?? nil) };
}

function listOf(target: Target | undefined): readonly Target[] {
  return target ? [target] : [];
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
    for (const read of readers) {
      const target = read(row);
      if (target) targets.push(target);
    }
    return targets;
  };
}

function makeTargetsOfShape(columns: readonly CompareField[], surroundings: Surroundings): (row: number) => Target[] {
  const { source, tally, presence } = surroundings;
  const { resource, scope } = source.spans;
  const ofFields = makeTargets(columns, tally);
  const ofResourceAttributes = makeTargetsOfOwner(
    source,
    { scope: 'resource', columns: source.resources.attributes },
    tally,
  );
  const ofResource = memo((owner) => [...ofResourceAttributes(owner), ...listPresent(source, owner, presence)]);
  const ofScope = memo(
    makeTargetsOfOwner(source, { scope: 'instrumentation', columns: source.scopes.attributes }, tally),
  );
  return (row) => [...ofFields(row), ...ofResource(resource[row]!), ...ofScope(scope[row]!)]; // rows are of the source
}

/** The same for the same number. */
function memo<T>(make: (id: number) => T): (id: number) => T {
  const known = new Map<number, T>();
  return (id) => {
    const found = known.get(id);
    if (found !== undefined || known.has(id)) return found as T;
    const made = make(id);
    known.set(id, made);
    return made;
  };
}

function countField(slots: Slots, column: CompareField, { tally }: Surroundings): Counter {
  const { get, coded } = column.field;
  if (!coded) return countTargets(slots, (row) => listOf(targetOf(tally, column, get(row))));
  const { room } = slots;
  const { place, count: found } = slots.list('counted');
  const rows = room.words(place, found).slice();
  const codesOfRows = new Int32Array(found);
  readSlots(coded, { rows, count: found, into: codesOfRows });
  const codes = room.takeZeros(slots.rows);
  const ofRow = room.words(codes, slots.rows);
  const totals = new Uint32Array((coded.size + 1) * bothSides.length);
  for (let i = 0; i < found; i++) {
    const [row, code] = [rows[i]!, codesOfRows[i]!]; // as many as were found
    ofRow[row] = code;
    totals[code * bothSides.length + slots.sideOf(row)]!++; // there is room for each
  }
  const targets = new Map<number, readonly Target[]>();
  for (let code = 0; code <= coded.size; code++) {
    const baseline = totals[code * bothSides.length + sides.baseline]!; // as above
    const selection = totals[code * bothSides.length + sides.selection]!;
    if (baseline + selection === 0) continue;
    const ofCode = listOf(targetOf(tally, column, coded.at(code - 1)));
    for (const { entry } of ofCode) addToEntry(entry, baseline, selection);
    targets.set(code, ofCode);
  }
  return {
    listCells: () => {
      const places = new Places();
      const count = coded.size + 1;
      const numbers = room.take(count * wordBytes);
      for (const [code, ofCode] of targets) room.setWordAt(numbers + code * wordBytes, places.placeOf(ofCode));
      return [{ codes, numbers, count, sums: places.sums }];
    },
  };
}

interface Owners {
  readonly scope: 'resource' | 'instrumentation';
  readonly columns: AttributeColumns;
}

function makeTargetsOfOwner(
  source: TraceSource,
  { scope, columns }: Owners,
  tally: Tally,
): (owner: number) => Target[] {
  const { starts, keys, values } = columns;
  const attributeOf = memo((key) => tally.attribute(nameOf(scope, source.key(key))));
  return (owner) => {
    const targets: Target[] = [];
    // Owners have a start and an end, and attributes between them.
    for (let i = starts[owner]!; i < starts[owner + 1]!; i++) {
      const attribute = attributeOf(keys[i]!);
      targets.push({ attribute, entry: tally.entry(attribute, source.value(values[i]!)) });
    }
    return targets;
  };
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
function countTargets(slots: Slots, targetsOf: (row: number) => readonly Target[]): Counter {
  slots.forEach((row, side) => {
    for (const { entry } of targetsOf(row)) entry.totals[side]++;
  });
  const finish = () => {
    const cells = slots.room.all; // targets were all made above
    slots.forEach((row, _, slot) => {
      for (const { attribute, entry } of targetsOf(row))
        for (const sum of sumsOf(attribute, entry.counts)) cells[sum / wordBytes + slot]!++; // sums have a word for each
    });
  };
  return { listCells: () => [], finish };
}

function countItems(slots: Slots, items: (row: number) => readonly Seen[], tally: Tally): Counter {
  return countTargets(slots, (row) =>
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
  /** By slot, in the room: spans that have a value in the column; undefined: none has. */
  readonly present: number | undefined;
}

function listAbsent(
  { totals: [baseline, selection] }: Slots,
  scope: 'span' | 'resource',
  columns: ReadonlyMap<string, string>,
  { tally, presence }: Surroundings,
): Absence[] {
  return [...columns.keys()].map((key) => {
    const name = nameOf(scope, key);
    const known = presence.attributes.has(name) ? presence.single(name) : undefined;
    const [ofBaseline, ofSelection] = known?.entry.totals ?? [0, 0];
    const attribute = tally.attribute(name);
    const entry = tally.entry(attribute, key === 'service.name' ? { type: 'string', value: '' } : absentMark);
    entry.totals[sides.baseline] += baseline - ofBaseline;
    entry.totals[sides.selection] += selection - ofSelection;
    return { attribute, entry, present: known?.attribute.sums };
  });
}

function addAbsent(absences: readonly Absence[], { room, count }: Slots, all: number): void {
  const absent = room.takeZeros(count);
  const counts = room.words(absent, count);
  for (const { attribute, entry, present } of absences) {
    counts.set(room.words(all, count));
    if (present !== undefined) room.kernels.takeAway(absent, absent + count * wordBytes, present);
    room.add(absent, sumsOf(attribute, entry.counts), count);
  }
}

// Of what the query read, nothing is shown where there was nothing, and durations never.
function isShown(value: Static | undefined, showsAbsent: boolean): boolean {
  return showsAbsent || (value !== undefined && value.type !== 'nil' && value.type !== 'duration');
}
