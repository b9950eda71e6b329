// The innermost loops over columns. Each is a function of its own that always meets the same kinds of arrays, so that it is
// compiled once and stays so; spread over closures they took several times as long.
import type { NumberRange } from './number-range.ts';

/** Rows from `from` below `to`; marks are by row. */
export interface Block {
  readonly from: number;
  readonly to: number;
  readonly marks: Uint8Array;
}

/** Clears the marks of rows whose number is not in the range. */
export function markRange(
  numbers: Float64Array,
  { low, high, isExcluded }: NumberRange,
  { from, to, marks }: Block,
): void {
  // Columns hold every row.
  if (isExcluded) {
    for (let row = from; row < to; row++) if (numbers[row]! >= low && numbers[row]! <= high) marks[row] = 0;
  } else for (let row = from; row < to; row++) if (!(numbers[row]! >= low && numbers[row]! <= high)) marks[row] = 0;
}

/** What is known of slots, and which of it lets a row pass (1) or not (0). */
export interface Judgement {
  readonly known: Uint8Array;
  readonly passes: Uint8Array;
}

/**
 * Clears the marks of rows whose slot does not pass. Marked rows with a slot of which nothing is known yet (0) are listed and
 * left as they are; says how many. The slot of a row is `slots[row - offset] + shift`.
 */
export function judgeRows(
  { slots, offset, shift }: { readonly slots: Uint32Array; readonly offset: number; readonly shift: number },
  { known, passes }: Judgement,
  { from, to, marks }: Block,
  unknownRows: Int32Array,
): number {
  let found = 0;
  for (let row = from; row < to; row++) {
    if (marks[row] === 0) continue;
    const verdict = known[slots[row - offset]! + shift]!; // there is a slot for each row, and a verdict for each slot
    if (verdict === 0) unknownRows[found++] = row;
    else marks[row] = passes[verdict]!; // for each kind of verdict
  }
  return found;
}

/** The slots of rows listed as above. */
export function gatherSlots(
  { slots, offset, shift }: { readonly slots: Uint32Array; readonly offset: number; readonly shift: number },
  rows: Int32Array,
  count: number,
  into: Int32Array,
): void {
  for (let i = 0; i < count; i++) into[i] = slots[rows[i]! - offset]! + shift; // as above
}

/** Keeps in `second` what is not in `first`, for rows from `from` below `to`. Both are as long as a multiple of four. */
export function withoutMarks(second: Uint8Array, first: Uint8Array, from: number, to: number): void {
  const kept = inWords(second);
  const gone = inWords(first);
  for (let i = from >>> 2; i < (to + 3) >>> 2; i++) kept[i]! &= ~gone[i]!;
}

/** Adds what is in `second` to `first`, as above. */
export function addMarks(first: Uint8Array, second: Uint8Array, from: number, to: number): void {
  const all = inWords(first);
  const more = inWords(second);
  for (let i = from >>> 2; i < (to + 3) >>> 2; i++) all[i]! |= more[i]!;
}

// Blocks begin at multiples of four, so four marks are one word.
function inWords(marks: Uint8Array): Int32Array {
  return new Int32Array(marks.buffer, marks.byteOffset, marks.length >>> 2);
}

/** Slots of rows from `from` below `to`, for a column of bytes. */
export function copyBytes(slots: Uint8Array, from: number, to: number, into: Uint32Array): void {
  for (let row = from; row < to; row++) into[row - from] = slots[row]!; // columns hold every row
}

export interface Picked {
  /** The first `count` of `rows`; `shift` is added to their slots. */
  readonly rows: Uint32Array;
  readonly count: number;
  readonly shift: number;
}

/** `into[i]` = slot of row `rows[i]`, for a column of words. */
export function gatherWords(slots: Uint32Array, { rows, count, shift }: Picked, into: Int32Array): void {
  for (let i = 0; i < count; i++) into[i] = slots[rows[i]!]! + shift; // as above
}

/** The same for a column of bytes. */
export function gatherBytes(slots: Uint8Array, { rows, count, shift }: Picked, into: Int32Array): void {
  for (let i = 0; i < count; i++) into[i] = slots[rows[i]!]! + shift; // as above
}

/** Lists the marked rows; says how many. */
export function listMarked({ from, to, marks }: Block, rows: Uint32Array): number {
  let found = 0;
  for (let row = from; row < to; row++) if (marks[row] === 1) rows[found++] = row;
  return found;
}

/** Where the places of rows are looked up: place 0 is unknown, any other `less` too large. */
export interface Mapping {
  readonly map: Int32Array;
  readonly from: number;
  readonly count: number;
  readonly less: number;
}

/** `into[i] = map[numbers[i]] - less`; stops where the map has 0, and says where (`count`: nowhere). */
export function mapNumbers(numbers: Int32Array, { map, from, count, less }: Mapping, into: Int32Array): number {
  for (let i = from; i < count; i++) {
    const mapped = map[numbers[i]!]!; // the map has room for all
    if (mapped === 0) return i;
    into[i] = mapped - less;
  }
  return count;
}

/** Counts one for each span in the cell of its series and interval. */
export function countCells(
  { series, intervals, count }: { readonly series: Int32Array; readonly intervals: Int32Array; readonly count: number },
  width: number,
  counts: Float64Array,
): void {
  for (let i = 0; i < count; i++) counts[series[i]! * width + intervals[i]!]!++; // there is room for all cells
}

/** The cells of spans: series by series, interval by interval. */
export function listCells(
  { series, intervals, count }: { readonly series: Int32Array; readonly intervals: Int32Array; readonly count: number },
  width: number,
  cells: Int32Array,
): void {
  for (let i = 0; i < count; i++) cells[i] = series[i]! * width + intervals[i]!; // as long as a batch
}
