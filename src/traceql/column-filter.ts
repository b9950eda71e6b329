// Filters over columns. Comparisons of an attribute with a constant, and what && and || make of them, are worked out a block
// of rows at a time: each id is decided once, and the rest is loops over typed arrays.
import type * as ast from './ast.ts';
import { type BlockSlots, type Field, type Part, slotsOfBlock } from './fields.ts';
import { absent, decideIds, type Question, type Verdicts, verdictKinds, yes } from './id-verdicts.ts';
import { addMarks, type Block, gatherSlots, judgeRows, keepPassing, markRange, withoutMarks } from './loops.ts';
import { type NumberRange, rangeOf, verdictOnBlock } from './number-range.ts';
import { blockRows, type Extremes, type TraceSource } from './source.ts';
import { nil, toFloat } from './values.ts';
import type { Comparison } from './visibility.ts';

/** Clears the marks of the rows from `from` below `to` that do not pass; rows without a mark are not looked at. */
export type Narrow = (from: number, to: number, marks: Uint8Array) => void;

/** Is the row one of the answer? */
export interface RowTest {
  (row: number): boolean;
  /** Set if rows are decided together: those around a row, marked by 1 where they pass. */
  readonly block?: (row: number) => Block;
}

const blockBits = Math.log2(blockRows);
const marksPerWord = 4;

/** The filter as a test of a row, which works out the row's block when it is first asked about it. */
export function testByBlock(narrow: Narrow, count: number): RowTest {
  const marks = new Uint8Array(Math.ceil(count / marksPerWord) * marksPerWord);
  const isDone = new Uint8Array(Math.ceil(count / blockRows));
  const block = (row: number): Block => {
    const number = row >>> blockBits;
    const from = number << blockBits;
    const to = Math.min(count, from + blockRows);
    if (isDone[number] === 0) {
      marks.fill(1, from, to);
      narrow(from, to, marks);
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

/** Both filters. */
export function narrowByBoth(first: Narrow, second: Narrow): Narrow {
  return (from, to, marks) => {
    first(from, to, marks);
    second(from, to, marks);
  };
}

/** Either filter; the second looks only at what the first let go. */
export function narrowByEither(first: Narrow, second: Narrow): Narrow {
  let rest = new Uint8Array(0);
  return (from, to, marks) => {
    if (rest.length < marks.length) rest = new Uint8Array(marks.length);
    rest.set(marks.subarray(from, to), from);
    first(from, to, marks);
    withoutMarks(rest, marks, from, to);
    second(from, to, rest);
    addMarks(marks, rest, from, to);
  };
}

/** All rows or none. */
export function narrowByConstant(holds: boolean): Narrow {
  return holds ? () => undefined : (from, to, marks) => void marks.fill(0, from, to);
}

/** A comparison of `ref` as columns; undefined if there is no column for it. */
export function narrowByComparison(
  ref: ast.AttributeRef,
  field: Field,
  question: Question,
  source: TraceSource,
): Narrow | undefined {
  const { comparison } = question;
  const byNumber = ref.intrinsic === 'duration' && comparison && narrowByDuration(comparison, source);
  if (byNumber) return byNumber;
  const byId = field.ids && comparison && narrowBySpanId(field.ids, comparison);
  if (byId) return byId;
  return field.coded?.parts && narrowByParts(field.coded.parts, question, source);
}

// A comparison always sees the durations it asks for itself.
function narrowByDuration({ op, operand }: Comparison, { spans }: TraceSource): Narrow | undefined {
  const range = operand && rangeOf(op, toFloat(operand));
  return range && narrowByRange(spans.durationNs, spans.durationExtremes, range);
}

function narrowByRange(numbers: Float64Array, { least, greatest }: Extremes, range: NumberRange): Narrow {
  return (from, to, marks) => {
    const block = from >>> blockBits;
    const verdict = verdictOnBlock(least[block]!, greatest[block]!, range); // there are extremes for every block
    if (verdict === 'none') marks.fill(0, from, to);
    else if (verdict === 'some') markRange(numbers, range, { from, to, marks });
  };
}

const idDigits = 16;

function narrowBySpanId(ids: NonNullable<Field['ids']>, comparison: Comparison): Narrow | undefined {
  const { op, operand } = comparison;
  if (op !== '=' || operand?.type !== 'string' || !ids.includes(comparison)) return undefined;
  if (!/^[0-9a-f]{16}$/.test(operand.value)) return narrowByConstant(false);
  const { high, low } = ids;
  const wantedHigh = Number.parseInt(operand.value.slice(0, idDigits / 2), 16);
  const wantedLow = Number.parseInt(operand.value.slice(idDigits / 2), 16);
  return (from, to, marks) => {
    for (let row = from; row < to; row++) if (low[row] !== wantedLow || high[row] !== wantedHigh) marks[row] = 0;
  };
}

function narrowByParts(parts: readonly Part[], question: Question, source: TraceSource): Narrow {
  const [first, ...rest] = parts;
  const isAbsenceFine = question.holds(nil);
  if (!first) return narrowByConstant(isAbsenceFine);
  const { known, decide } = decideIds(first, question, { source, isOnly: rest.length === 0 });
  const next = rest.length === 0 ? undefined : narrowByParts(rest, question, source);
  const passes = new Uint8Array(verdictKinds);
  passes[yes] = 1;
  passes[absent] = next || isAbsenceFine ? 1 : 0;
  if (!next && !first.rootOf && first.size < blockRows) return narrowByFew(first, { known, decide }, passes);
  const room = new Uint32Array(blockRows);
  const undecided = new Int32Array(blockRows);
  const asked = new Int32Array(blockRows);
  let behind = new Uint8Array(0);
  return (from, to, marks) => {
    const column = slotsOfBlock(first, [from, to], room);
    const count = judgeRows(column, { known, passes }, { from, to, marks }, undecided);
    if (count > 0) {
      gatherSlots(column, undecided, count, asked);
      decide(asked, count);
      gatherSlots(column, undecided, count, asked); // deciding changes the list
      for (let i = 0; i < count; i++) marks[undecided[i]!] = passes[known[asked[i]!]!]!; // one for each
    }
    if (!next) return;
    if (behind.length < marks.length) behind = new Uint8Array(marks.length);
    if (!moveAbsent(column, known, { from, to, marks }, behind)) return;
    next(from, to, behind);
    addMarks(marks, behind, from, to);
  };
}

// Where there are few ids, all of them are decided at once.
function narrowByFew({ slots, shift, size }: Part, { known, decide }: Verdicts, passes: Uint8Array): Narrow {
  let passing: Uint8Array | undefined;
  return (from, to, marks) => {
    if (!passing) {
      const slotsUsed = Int32Array.from({ length: size + 1 - shift }, (_, i) => i + shift);
      decide(slotsUsed, slotsUsed.length);
      passing = known.map((verdict) => passes[verdict]!).subarray(shift); // for each kind of verdict
    }
    keepPassing(slots, passing, { from, to, marks });
  };
}

// Moves the marks of rows that have nothing to be seen in this part; says whether there are any.
function moveAbsent(
  { slots, offset, shift }: BlockSlots,
  known: Uint8Array,
  { from, to, marks }: Block,
  behind: Uint8Array,
): boolean {
  let isAny = false;
  for (let row = from; row < to; row++) {
    // There is a slot for each row.
    const isAbsent = marks[row] === 1 && known[slots[row - offset]! + shift] === absent;
    behind[row] = isAbsent ? 1 : 0;
    if (!isAbsent) continue;
    marks[row] = 0;
    isAny = true;
  }
  return isAny;
}
