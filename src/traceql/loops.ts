// Loops over lists of rows; whole blocks are walked by kernels (kernels/room.ts). Each loop is a function of its own that always
// meets the same kinds of arrays, so that it is compiled once and stays so.

/** Rows from `from` below `to`; marks are by row. */
export interface Block {
  readonly from: number;
  readonly to: number;
  readonly marks: Uint8Array;
}

export interface Picked {
  /** The first `count` of `rows`; `shift` is added to their slots. */
  readonly rows: Uint32Array;
  readonly count: number;
  readonly shift: number;
}

/** `into[i]` = slot of row `rows[i]`, for a column of words. */
export function gatherWords(slots: Uint32Array, { rows, count, shift }: Picked, into: Int32Array): void {
  for (let i = 0; i < count; i++) into[i] = slots[rows[i]!]! + shift; // columns hold every row
}

/** The same for a column of bytes. */
export function gatherBytes(slots: Uint8Array, { rows, count, shift }: Picked, into: Int32Array): void {
  for (let i = 0; i < count; i++) into[i] = slots[rows[i]!]! + shift; // as above
}

/** Lists the marked rows; says how many. Without branches: which way they go is hard to foresee. */
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
