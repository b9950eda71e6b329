// The innermost loops over columns. Each is a function of its own that always meets the same kinds of arrays, so that it is
// compiled once and stays so; spread over closures they took several times as long.
import type { NumberRange } from './number-range.ts';

/** Rows from `from` below `to`; marks are by row. */
export interface Block {
  readonly from: number;
  readonly to: number;
  readonly marks: Uint8Array;
}

/** Clears the marks of rows whose number is not in the range. Without branches: which way they go is hard to foresee. */
export function markRange(
  numbers: Float64Array,
  { low, high, isExcluded }: NumberRange,
  { from, to, marks }: Block,
): void {
  const passing = isExcluded ? 0 : 1;
  for (let row = from; row < to; row++) {
    const number = numbers[row]!; // columns hold every row
    marks[row]! &= Number((Number(number >= low) & Number(number <= high)) === passing);
  }
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

/** Clears the marks of rows whose slot does not pass, where all slots are decided: the slot is that of the judged rows above. */
export function keepPassing(slots: Uint8Array | Uint32Array, passes: Uint8Array, { from, to, marks }: Block): void {
  for (let row = from; row < to; row++) marks[row]! &= passes[slots[row]!]!; // there is a slot for each row
}

/** Lists the marked rows; says how many. Without branches, as above. */
export function listMarked({ from, to, marks }: Block, rows: Uint32Array): number {
  let found = 0;
  for (let row = from; row < to; row++) {
    rows[found] = row;
    found += marks[row]!; // there is one for each row
  }
  return found;
}

/** A point in time, and how much of an interval a nanosecond is. */
export interface Scale {
  readonly fromSec: number;
  readonly fromNano: number;
  readonly perNs: number;
}

// Whole numbers less a half are nowhere near a multiple of the step, so the product is on the right side of it.
export const half = 0.5;

/** The interval of each of the first `count` rows; all started after the point in time, and not too long after it. */
export function placeInTime(
  { startSec, startNano }: { readonly startSec: Float64Array; readonly startNano: Uint32Array },
  { rows, count }: { readonly rows: Uint32Array; readonly count: number },
  { fromSec, fromNano, perNs }: Scale,
  intervals: Int32Array,
): void {
  const nanosPerSecond = 1e9;
  for (let i = 0; i < count; i++) {
    const row = rows[i]!; // rows are of the columns
    const offset = (startSec[row]! - fromSec) * nanosPerSecond + (startNano[row]! - fromNano);
    intervals[i] = (offset - half) * perNs;
  }
}

/** What decides the cells of rows: when they started, and the place of their slot. Slots without a place are below `isKnown`. */
export interface BlockCells {
  readonly startSec: Float64Array;
  readonly startNano: Uint32Array;
  readonly scale: Scale;
  readonly slots: Uint32Array;
  readonly places: Int32Array;
}

/**
 * Counts one for each marked row of a block in its cell, as `placeInTime` and `countCells` do one after the other; stops as the
 * latter. What is not marked adds nothing: that costs less than leaving it out.
 */
export function countBlock(
  { startSec, startNano, scale: { fromSec, fromNano, perNs }, slots, places }: BlockCells,
  { from, to, marks }: Block,
  counts: Uint32Array,
): number {
  const nanosPerSecond = 1e9;
  for (let row = from; row < to; row++) {
    const place = places[slots[row]!]!; // columns hold every row, and there is a place for each slot
    if (place < isKnown) {
      if (place === isUnknown && marks[row] === 1) return row;
      continue;
    }
    const offset = (startSec[row]! - fromSec) * nanosPerSecond + (startNano[row]! - fromNano);
    const interval = (offset - half) * perNs;
    counts[place - isKnown + (interval | 0)]! += marks[row]!;
  }
  return to;
}

/** Spans by the numbers that decide their series, and the interval of each; those before `from` are done. */
export interface Numbered {
  readonly numbers: Int32Array;
  readonly intervals: Int32Array;
  readonly from: number;
  readonly count: number;
}

/** Places of series: that of a number is its first cell + `isKnown`. */
export const isUnknown = 0;
export const hasNoSeries = 1;
export const isKnown = 2;

/** Counts one for each span in its cell; stops at a number without a place, and says where (`count`: at none). */
export function countCells(
  { numbers, intervals, from, count }: Numbered,
  places: Int32Array,
  counts: Uint32Array,
): number {
  for (let i = from; i < count; i++) {
    const place = places[numbers[i]!]!; // there is a place for each number, and room for all cells
    if (place < isKnown) {
      if (place === isUnknown) return i;
      continue;
    }
    counts[place - isKnown + intervals[i]!]!++;
  }
  return count;
}

/** The cells of spans, all of which have a series; stops as above. */
export function listCells(
  { numbers, intervals, from, count }: Numbered,
  places: Int32Array,
  cells: Int32Array,
): number {
  for (let i = from; i < count; i++) {
    const place = places[numbers[i]!]!; // as above
    if (place === isUnknown) return i;
    cells[i] = place - isKnown + intervals[i]!;
  }
  return count;
}
