// The innermost loops of compare(), as in loops.ts. Four spans a turn where each adds one: V8 looks whether it is interrupted once
// a turn, which takes longer than counting.
import { type Block, half, type Scale } from './loops.ts';
import type { Several } from './source.ts';

/** Some of a list of spans: those at `from` up to `to`, each with its row and interval. */
export interface Stretch {
  readonly rows: Uint32Array;
  readonly intervals: Int32Array;
  readonly from: number;
  readonly to: number;
}

/** Counts the codes of spans; `codes` are by row. */
export function countCodes(
  { rows, from, to }: Omit<Stretch, 'intervals'>,
  codes: Uint32Array,
  totals: Uint32Array,
): void {
  for (let i = from; i < to; i++) totals[codes[rows[i]!]!]!++; // columns hold every row, and there is room for every code
}

/** Counts codes by interval: each adds to the cell that is as far behind its place as the interval says. */
export function countCodesByInterval(
  { rows, intervals, from, to }: Stretch,
  codes: Uint32Array,
  places: Int32Array,
  cells: Uint32Array,
): void {
  let i = from;
  // As above.
  for (; i + 3 < to; i += 4) {
    const first = places[codes[rows[i]!]!]! + intervals[i]!;
    const second = places[codes[rows[i + 1]!]!]! + intervals[i + 1]!;
    const third = places[codes[rows[i + 2]!]!]! + intervals[i + 2]!;
    const fourth = places[codes[rows[i + 3]!]!]! + intervals[i + 3]!;
    cells[first]!++;
    cells[second]!++;
    cells[third]!++;
    cells[fourth]!++;
  }
  for (; i < to; i++) cells[places[codes[rows[i]!]!]! + intervals[i]!]!++;
}

/** Counts what spans have several of. */
export function countSeveral(
  { rows, from, to }: Omit<Stretch, 'intervals'>,
  { starts, of }: Several,
  totals: Uint32Array,
): void {
  for (let i = from; i < to; i++) {
    const row = rows[i]!; // rows are of the source, and so is what they have
    const end = starts[row + 1]!;
    for (let at = starts[row]!; at < end; at++) totals[of[at]!]!++;
  }
}

/** What of that is looked for (1), and where its cells begin. Flags are in a table of their own, since a small one is read faster. */
export interface Wanted {
  readonly flags: Uint8Array;
  readonly places: Int32Array;
}

/** Counts by interval what spans have several of, as far as it is wanted. */
export function countWantedByInterval(
  { rows, intervals, from, to }: Stretch,
  { starts, of }: Several,
  { flags, places }: Wanted,
  cells: Uint32Array,
): void {
  for (let i = from; i < to; i++) {
    const row = rows[i]!; // as above
    const end = starts[row + 1]!;
    for (let at = starts[row]!; at < end; at++) {
      const number = of[at]!;
      if (flags[number] === 1) cells[places[number]! + intervals[i]!]!++;
    }
  }
}

/** Counts spans by interval. */
export function countIntervals({ intervals, from, to }: Omit<Stretch, 'rows'>, counts: Float64Array): void {
  for (let i = from; i < to; i++) counts[intervals[i]!]!++; // there is room for each
}

/** The sides of a list that is divided: how many there are of each, and room for all. */
export interface Divided {
  readonly ones: { readonly rows: Uint32Array; readonly intervals: Int32Array; readonly count: number };
  readonly others: { readonly rows: Uint32Array; readonly intervals: Int32Array; readonly count: number };
}

/**
 * Adds spans whose mark is 1 to the ones, the rest to the others; says how many are ones. Each is written to both: which way they
 * go is hard to foresee, and what is written too much is written over.
 */
export function divideSpans(
  { rows, intervals, to }: Stretch,
  marks: Uint8Array,
  {
    ones: { rows: oneRows, intervals: oneIntervals, count: ones },
    others: { rows: otherRows, intervals: otherIntervals, count: others },
  }: Divided,
): number {
  let one = ones;
  let other = others;
  for (let i = 0; i < to; i++) {
    const mark = marks[i]!; // one for each
    const row = rows[i]!; // as above
    const interval = intervals[i]!;
    oneRows[one] = row;
    oneIntervals[one] = interval;
    otherRows[other] = row;
    otherIntervals[other] = interval;
    one += mark;
    other += 1 - mark;
  }
  return one - ones;
}

/** What decides the interval of rows, and which of them are ones. */
export interface Dividing {
  readonly startSec: Float64Array;
  readonly startNano: Uint32Array;
  readonly scale: Scale;
  readonly selected: Uint8Array;
}

/** The same for the marked rows of a block, which are placed in time on the way; says how many are ones, and how many there are. */
export function divideBlock(
  { from, to, marks }: Block,
  { startSec, startNano, scale: { fromSec, fromNano, perNs }, selected }: Dividing,
  {
    ones: { rows: oneRows, intervals: oneIntervals, count: ones },
    others: { rows: otherRows, intervals: otherIntervals, count: others },
  }: Divided,
): readonly [ones: number, others: number] {
  const nanosPerSecond = 1e9;
  let one = ones;
  let other = others;
  for (let row = from; row < to; row++) {
    // Columns hold every row.
    const interval = ((startSec[row]! - fromSec) * nanosPerSecond + (startNano[row]! - fromNano) - half) * perNs;
    const mark = marks[row]!;
    const isOne = mark & selected[row]!;
    oneRows[one] = row;
    oneIntervals[one] = interval;
    otherRows[other] = row;
    otherIntervals[other] = interval;
    one += isOne;
    other += mark - isOne;
  }
  return [one - ones, other - others];
}

/** Sets the flags of rows. */
export function flagRows({ rows, from, to }: Omit<Stretch, 'intervals'>, flags: Uint8Array): void {
  for (let i = from; i < to; i++) flags[rows[i]!] = 1; // as above
}

/** Sums up numbers of what has codes, by code. */
export function sumByCode(numbers: Uint32Array, codes: Uint32Array, sums: Uint32Array): void {
  for (let i = 0; i < codes.length; i++) sums[codes[i]!]! += numbers[i]!; // there is a number for each
}

/** `into[i]` = value of code `codes[i]`. */
export function lookUp(codes: Uint32Array, values: Uint32Array, into: Int32Array): void {
  for (let i = 0; i < into.length; i++) into[i] = values[codes[i]!]!; // every code has one
}

/** Where the cells of places begin that are from `first` up to `end`; all others begin behind those. */
export function placeCells(
  places: Int32Array,
  { first, end, size }: { readonly first: number; readonly end: number; readonly size: number },
): Int32Array {
  const starts = new Int32Array(places.length);
  for (let i = 0; i < places.length; i++) {
    const place = places[i]!; // below its length
    starts[i] = (place >= first && place < end ? place - first : end - first) * size;
  }
  return starts;
}

/** Paths that each extend one with a smaller number, or none (a negative number), by one step. */
export interface Paths {
  readonly count: number;
  readonly parents: Int32Array;
  readonly steps: Int32Array;
}

/** Adds the totals of paths to those that they extend, and to those of their steps: the first ones, and those behind them. */
export function addUpPaths(
  { count, parents, steps }: Paths,
  totals: Uint32Array,
  [firstSteps, laterSteps]: readonly [Uint32Array, Uint32Array],
): void {
  for (let path = count - 1; path >= 0; path--) {
    const total = totals[path]!; // there is one of each for every path
    const parent = parents[path]!;
    if (parent < 0) firstSteps[steps[path]!]! += total;
    else {
      laterSteps[steps[path]!]! += total;
      totals[parent]! += total;
    }
  }
}

/** What decides whether a pair needs to be looked at. */
export interface PairColumns {
  readonly totals: Uint32Array;
  /** Key, and value id; negative ones are of no value. */
  readonly keys: Int32Array;
  readonly values: Int32Array;
  /** By value id. */
  readonly types: Uint8Array;
  /** By key + 1: pairs with no larger total are left out, unless their value or its type always counts. */
  readonly enough: Uint32Array;
  readonly alwaysType: number;
  readonly alwaysValue: number;
}

/** Lists pairs from `from` up to `to` that may be shown; says how many. */
export function listPairs(
  { totals, keys, values, types, enough, alwaysType, alwaysValue }: PairColumns,
  [from, to]: readonly [number, number],
  into: Int32Array,
): number {
  let found = 0;
  for (let pair = from; pair < to; pair++) {
    const total = totals[pair]!; // there is one of each for every pair
    if (total === 0) continue;
    const value = values[pair]!;
    const isEnough = total > enough[keys[pair]! + 1]! || types[value] === alwaysType || value === alwaysValue;
    if (value >= 0 && isEnough) into[found++] = pair;
  }
  return found;
}

/** Subtracts counts from sums. */
export function subtract(sums: Uint32Array, counts: Uint32Array): void {
  for (let i = 0; i < counts.length; i++) sums[i]! -= counts[i]!; // both are of the same things
}

/** Adds counts to sums. */
export function addTo(sums: Float64Array, counts: Float64Array | Uint32Array): void {
  for (let i = 0; i < sums.length; i++) sums[i]! += counts[i]!; // both are by interval
}
