// Filters over columns. Comparisons of an attribute with a constant, and what && and || make of them, are worked out a block
// of rows at a time: each id is decided once, and the rest is loops over typed arrays.
import type * as ast from './ast.ts';
import { type Field, type Part, readBlock } from './fields.ts';
import { decideIds, no, type Question, unknown, yes } from './id-verdicts.ts';
import { type NumberRange, rangeOf } from './number-range.ts';
import type { TraceSource } from './source.ts';
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

/** Rows from `from` below `to`; marks are by row. */
export interface Block {
  readonly from: number;
  readonly to: number;
  readonly marks: Uint8Array;
}

const blockBits = 12;
const blockRows = 1 << blockBits;

/** The filter as a test of a row, which works out the row's block when it is first asked about it. */
export function testByBlock(narrow: Narrow, count: number): RowTest {
  const marks = new Uint8Array(count);
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
  return (from, to, marks) => {
    const rest = marks.slice(from, to);
    first(from, to, marks);
    const passed = marks.slice(from, to);
    // All three are as long as the block.
    for (let i = 0; i < rest.length; i++) marks[from + i] = rest[i]! & ~passed[i]!;
    second(from, to, marks);
    for (let i = 0; i < rest.length; i++) marks[from + i]! |= passed[i]!;
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
  return range && narrowByRange(spans.durationNs, range);
}

function narrowByRange(numbers: Float64Array, { low, high, isExcluded }: NumberRange): Narrow {
  return (from, to, marks) => {
    for (let row = from; row < to; row++) {
      const value = numbers[row]!; // the column holds every row
      if ((value >= low && value <= high) === isExcluded) marks[row] = 0;
    }
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
  const behind = new Uint8Array(next ? blockRows : 0);
  const slots = new Int32Array(blockRows);
  return (from, to, marks) => {
    let undecided = 0;
    readBlock(first, [from, to], slots);
    for (let row = from; row < to; row++) {
      if (marks[row] === 0) continue;
      const slot = slots[row - from]!; // a block is no longer
      const verdict = known[slot] === unknown ? decide(slot) : known[slot]!; // slots are of the part
      if (verdict === yes) continue;
      if (verdict === no || !next) marks[row] = verdict !== no && isAbsenceFine ? 1 : 0;
      else {
        behind[row - from] = 1;
        undecided++;
      }
    }
    if (next && undecided > 0) narrowBehind(next, behind, { from, to, marks });
  };
}

// The rows that `behind` marks have no value in the part before; the next part decides them.
function narrowBehind(next: Narrow, behind: Uint8Array, { from, to, marks }: Block): void {
  const passed = marks.slice(from, to);
  for (let i = 0; i < passed.length; i++) marks[from + i] = passed[i]! & behind[i]!; // a block is no longer
  next(from, to, marks);
  for (let i = 0; i < passed.length; i++) marks[from + i]! |= passed[i]! & ~behind[i]!;
  behind.fill(0);
}
