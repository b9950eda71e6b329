// Filters over columns. Comparisons of an attribute with a constant, and what && and || make of them, are worked out a block
// of rows at a time: each id is decided once, and the rest is done by kernels over columns (kernels/marks.wat).
import type * as ast from './ast.ts';
import type { Field, Part } from './fields.ts';
import { absentBit, type Decide, decideIds, type Question, yesBit } from './id-verdicts.ts';
import { type Room, Table } from './kernels/room.ts';
import { loadDoubles, loadSlots, type RowsAtHand } from './kernels/rows-at-hand.ts';
import type { Block } from './loops.ts';
import { type NumberRange, rangeOf, verdictOnBlock } from './number-range.ts';
import { blockRows, type Extremes, type TraceSource } from './source.ts';
import { nil, toFloat } from './values.ts';
import type { Comparison } from './visibility.ts';

/** Clears the marks of a block's rows that do not pass; rows without a mark are not looked at. */
export type Narrow = (block: RowsAtHand, marks: number) => void;

/** Is the row one of the answer? */
export interface RowTest {
  (row: number): boolean;
  /** Set if rows are decided together: those around a row, marked by 1 where they pass. */
  readonly block?: (row: number) => Block;
}

const blockBits = Math.log2(blockRows);

/** The filter as a test of a row, which works out the row's block when it is first asked about it. */
export function testByBlock(narrow: Narrow, room: Room, count: number): RowTest {
  const marks = new Uint8Array(count);
  const isDone = new Uint8Array(Math.ceil(count / blockRows));
  const block = (row: number): Block => {
    const number = row >>> blockBits;
    const from = number << blockBits;
    const to = Math.min(count, from + blockRows);
    if (isDone[number] === 0) {
      fillMarks(room, room.marks, 1);
      narrow({ from, size: to - from }, room.marks);
      marks.set(room.bytes.subarray(room.marks, room.marks + to - from), from);
      isDone[number] = 1;
    }
    return { from, to, marks };
  };
  const test = (row: number) => {
    if (isDone[row >>> blockBits] === 0) block(row);
    return marks[row] === 1;
  };
  return Object.assign(test, { block });
}

function fillMarks({ bytes }: Room, marks: number, mark: 0 | 1): void {
  bytes.fill(mark, marks, marks + blockRows);
}

function copyMarks({ bytes }: Room, from: number, to: number): void {
  bytes.copyWithin(to, from, from + blockRows);
}

/** Both filters. */
export function narrowByBoth(first: Narrow, second: Narrow): Narrow {
  return (block, marks) => {
    first(block, marks);
    second(block, marks);
  };
}

/** Either filter; the second looks only at what the first let go. */
export function narrowByEither(first: Narrow, second: Narrow, room: Room): Narrow {
  const rest = room.take(blockRows);
  return (block, marks) => {
    copyMarks(room, marks, rest);
    first(block, marks);
    room.kernels.without(rest, block.size, marks);
    second(block, rest);
    room.kernels.add(marks, block.size, rest);
  };
}

/** All rows or none. */
export function narrowByConstant(holds: boolean, room: Room): Narrow {
  return holds ? () => undefined : (_, marks) => fillMarks(room, marks, 0);
}

/** What a comparison is worked out on. */
export interface FilterContext {
  readonly source: TraceSource;
  readonly room: Room;
}

/** A comparison of `ref` as columns; undefined if there is no column for it. */
export function narrowByComparison(
  ref: ast.AttributeRef,
  field: Field,
  question: Question,
  context: FilterContext,
): Narrow | undefined {
  const { comparison } = question;
  const byNumber = ref.intrinsic === 'duration' && comparison && narrowByDuration(comparison, context);
  if (byNumber) return byNumber;
  const byId = field.ids && comparison && narrowBySpanId(field.ids, comparison, context.room);
  if (byId) return byId;
  return field.coded?.parts && narrowByParts(field.coded.parts, question, context);
}

// A comparison always sees the durations it asks for itself.
function narrowByDuration({ op, operand }: Comparison, { source, room }: FilterContext): Narrow | undefined {
  const { durationNs, durationExtremes } = source.spans;
  const range = operand && rangeOf(op, toFloat(operand));
  return range && narrowByRange({ numbers: durationNs, extremes: durationExtremes }, range, room);
}

interface NumberColumn {
  readonly numbers: Float64Array;
  readonly extremes: Extremes;
}

function narrowByRange({ numbers, extremes }: NumberColumn, range: NumberRange, room: Room): Narrow {
  const { least, greatest } = extremes;
  const { low, high, isExcluded } = range;
  return (block, marks) => {
    const number = block.from >>> blockBits;
    const verdict = verdictOnBlock(least[number]!, greatest[number]!, range); // there are extremes for every block
    if (verdict === 'none') fillMarks(room, marks, 0);
    if (verdict !== 'some') return;
    loadDoubles(room, numbers, block, room.numbers);
    room.kernels.keepRange(marks, block.size, room.numbers, low, high, isExcluded ? 0 : 1);
  };
}

const idDigits = 16;

function narrowBySpanId(ids: NonNullable<Field['ids']>, comparison: Comparison, room: Room): Narrow | undefined {
  const { op, operand } = comparison;
  if (op !== '=' || operand?.type !== 'string' || !ids.includes(comparison)) return undefined;
  if (!/^[0-9a-f]{16}$/.test(operand.value)) return narrowByConstant(false, room);
  const { high, low } = ids;
  const wantedHigh = Number.parseInt(operand.value.slice(0, idDigits / 2), 16);
  const wantedLow = Number.parseInt(operand.value.slice(idDigits / 2), 16);
  return ({ from, size }, marks) => {
    const { bytes } = room;
    for (let at = 0; at < size; at++)
      if (low[from + at] !== wantedLow || high[from + at] !== wantedHigh) bytes[marks + at] = 0;
  };
}

function narrowByParts(parts: readonly Part[], question: Question, context: FilterContext): Narrow {
  const { source, room } = context;
  const [first, ...rest] = parts;
  const isAbsenceFine = question.holds(nil);
  if (!first) return narrowByConstant(isAbsenceFine, room);
  const isOnly = rest.length === 0;
  const decide = decideIds(first, question, { source, isOnly, isAbsenceFine });
  const verdicts = new Table(room, 'bytes');
  verdicts.reserve(first.size + 1);
  if (isOnly && first.slots instanceof Uint8Array && !first.rootOf)
    return narrowByBytes({ slots: first.slots, shift: first.shift }, decide, verdicts, room);
  const next = isOnly ? undefined : narrowByParts(rest, question, context);
  const behind = isOnly ? 0 : room.take(blockRows);
  return (block, marks) => {
    const shift = loadSlots(room, first, block, room.slots);
    const table = verdicts.at + shift;
    const keep = (narrowed: number, bit: number) =>
      room.kernels.keepBit(narrowed, block.size, room.slots, table, bit, room.list);
    if (next) copyMarks(room, marks, behind);
    const undecided = room.listed(keep(marks, yesBit));
    if (undecided.length > 0) {
      const slots = room.gather(room.slots, undecided, shift);
      decide(slots.slice(), verdicts.data); // which changes the list
      markDecided(room.bytes.subarray(marks), verdicts.data, { rows: undecided, slots });
    }
    if (!next) return;
    keep(behind, absentBit);
    if (!room.bytes.subarray(behind, behind + block.size).includes(1)) return;
    next(block, behind);
    room.kernels.add(marks, block.size, behind);
  };
}

// Slots that are bytes are soon all known, so that a block with one that is not is simply narrowed once more.
function narrowByBytes(
  { slots, shift }: { readonly slots: Uint8Array; readonly shift: number },
  decide: Decide,
  verdicts: Table<'bytes'>,
  room: Room,
): Narrow {
  const before = room.take(blockRows);
  return ({ from, size }, marks) => {
    const ofBlock = slots.subarray(from, from + size);
    room.bytes.set(ofBlock, room.slots);
    copyMarks(room, marks, before);
    const table = verdicts.at + shift;
    if (room.kernels.keepSmallBit(marks, size, room.slots, table, yesBit) === 1) return;
    decide(
      Uint32Array.from(new Set(ofBlock), (slot) => slot + shift),
      verdicts.data,
    );
    copyMarks(room, before, marks);
    room.kernels.keepByteBit(marks, size, room.slots, table, yesBit);
  };
}

// There may be as many as rows of the block, where most spans have a value of their own.
function markDecided(
  marks: Uint8Array,
  verdicts: Uint8Array,
  { rows, slots }: { readonly rows: Uint32Array; readonly slots: Uint32Array },
): void {
  for (let i = 0; i < rows.length; i++) marks[rows[i]!] = (verdicts[slots[i]!]! >> yesBit) & 1; // one slot for each row
}
