// What the …_over_time functions do with the numbers of one cell: one series in one interval. Cells stand in a room, and are
// worked on by kernels (kernels/cells.wat, kernels/values.wat).
import { type Room, Table } from '../kernels/room.ts';

/** Gathers numbers by cell. */
export interface Accumulator {
  /** Makes room for cells below this. */
  reserve(cells: number): void;
  /** Adds the first `count` (at least one) of the room's values, each to its cell, all of which are there. */
  readonly add?: (count: number) => void;
  /**
   * Set instead if values do not matter: counts the marked rows at hand in the cells at the places (by key), and lists those whose
   * place is 0. Says how many these are.
   */
  readonly count?: (size: number, places: number) => number;
  /** How many spans are in each cell, if they are counted. */
  readonly counts?: () => Uint32Array;
  /** The results of the cells from `from` below `to`; NaN: nothing to show. */
  read(from: number, to: number): Float64Array;
}

function scale(values: Float64Array, factor: number): Float64Array {
  if (factor !== 1) for (let i = 0; i < values.length; i++) values[i]! *= factor; // below the length
  return values;
}

/** Counts whatever is added; 0 where nothing was. `factor` 1 for counts, 1 / step for rates. */
export function countOverTime(room: Room, factor: number): Accumulator {
  const counts = new Table(room, 'words');
  return {
    reserve: (cells) => counts.reserve(cells),
    count: (size, places) =>
      room.kernels.count(room.marks, size, room.keys, places, room.intervals, counts.at, room.list),
    counts: () => counts.data,
    read: (from, to) => scale(new Float64Array(counts.data.subarray(from, to)), factor),
  };
}

/** With `sign` 1 the least, with -1 the greatest. */
function pick(room: Room, sign: 1 | -1): Accumulator {
  const best = new Table(room, 'doubles', Number.NaN);
  return {
    reserve: (cells) => best.reserve(cells),
    add: (count) => void room.kernels.pick(room.cells, count, room.values, best.at, sign),
    read: (from, to) => best.data.slice(from, to),
  };
}

export const minOverTime = (room: Room) => pick(room, 1);
export const maxOverTime = (room: Room) => pick(room, -1);

/**
 * Kahan sums. A value that is no number spoils what was added so far, and the next one starts anew but spoilt again:
 * Tempo's sum over an attribute that some spans lack alternates so, and mostly ends in nothing.
 */
export function sumOverTime(room: Room): Accumulator {
  const sums = new Table(room, 'doubles', Number.NaN);
  const lost = new Table(room, 'doubles');
  return {
    reserve: (cells) => {
      sums.reserve(cells);
      lost.reserve(cells);
    },
    add: (count) => void room.kernels.sum(room.cells, count, room.values, sums.at, lost.at),
    read: (from, to) => sums.data.slice(from, to),
  };
}

/** Means; values that are no numbers are left out. */
export function avgOverTime(room: Room): Accumulator {
  const means = new Table(room, 'doubles', Number.NaN);
  const weights = new Table(room, 'doubles');
  return {
    reserve: (cells) => {
      means.reserve(cells);
      weights.reserve(cells);
    },
    add: (count) => void room.kernels.mean(room.cells, count, room.values, means.at, weights.at),
    read: (from, to) => means.data.slice(from, to),
  };
}
