// What the …_over_time functions do with the numbers of one cell: one series in one interval.
import { type Block, type BlockCells, countBlock, countCells, type Numbered } from '../loops.ts';

/** Gathers numbers by cell. */
export interface Accumulator {
  /** Makes room for cells below this. */
  reserve(cells: number): void;
  /** Set if values do not matter: count the spans of series that have a place, and say where they stopped. */
  readonly count?: (spans: Numbered, places: Int32Array) => number;
  readonly countBlock?: (cells: BlockCells, block: Block) => number;
  /** Set if spans are counted: how many are in each cell. */
  readonly counts?: () => Uint32Array;
  /** Adds the first `count` values, each to its cell; unless there is `count`. */
  add(cells: Int32Array, values: Float64Array, count: number): void;
  /** The results of the cells from `from` below `to`; NaN: nothing to show. */
  read(from: number, to: number): Float64Array;
}

function scale(values: Float64Array, factor: number): Float64Array {
  if (factor !== 1) for (let i = 0; i < values.length; i++) values[i]! *= factor;
  return values;
}

/** Counts whatever is added; 0 where nothing was. `factor` 1 for counts, 1 / step for rates. */
export function countOverTime(factor: number): Accumulator {
  let counts = new Uint32Array(0);
  return {
    reserve: (cells) => {
      counts = lengthen(counts, cells);
    },
    // Callers reserved all cells.
    count: (spans, places) => countCells(spans, places, counts),
    countBlock: (cells, block) => countBlock(cells, block, counts),
    counts: () => counts,
    add: () => undefined,
    read: (from, to) => scale(new Float64Array(counts.subarray(from, to)), factor),
  };
}

function pick(isBetter: (value: number, best: number) => boolean): Accumulator {
  const best = new Cells(Number.NaN);
  return {
    reserve: (cells) => best.reserve(cells),
    add: (cells, values, count) => {
      const { data } = best;
      for (let i = 0; i < count; i++) {
        const cell = cells[i]!; // as above
        const known = data[cell]!;
        if (Number.isNaN(known) || isBetter(values[i]!, known)) data[cell] = values[i]!;
      }
    },
    read: (from, to) => best.data.slice(from, to),
  };
}

export const minOverTime = () => pick((value, best) => value < best);
export const maxOverTime = () => pick((value, best) => value > best);

/**
 * Kahan sums. A value that is no number spoils what was added so far, and the next one starts anew but spoilt again:
 * Tempo's sum over an attribute that some spans lack alternates so, and mostly ends in nothing.
 */
export function sumOverTime(): Accumulator {
  const sums = new Cells(Number.NaN);
  const lost = new Cells(0);
  return {
    reserve: (cells) => {
      sums.reserve(cells);
      lost.reserve(cells);
    },
    add: (cells, values, count) => addUp({ cells, values, count }, sums.data, lost.data),
    read: (from, to) => sums.data.slice(from, to),
  };
}

interface Addends {
  readonly cells: Int32Array;
  readonly values: Float64Array;
  readonly count: number;
}

function addUp({ cells, values, count }: Addends, sums: Float64Array, lost: Float64Array): void {
  for (let i = 0; i < count; i++) {
    const cell = cells[i]!; // as above
    const value = values[i]!;
    const sum = sums[cell]!;
    if (Number.isNaN(sum)) {
      sums[cell] = value;
      continue;
    }
    const addend = value - lost[cell]!;
    const total = sum + addend;
    if (!Number.isFinite(total) && !Number.isNaN(total)) lost[cell] = 0;
    else lost[cell] = Math.abs(addend) >= Math.abs(sum) ? addend - total + sum : sum - total + addend;
    sums[cell] = total;
  }
}

/** Means; values that are no numbers are left out. */
export function avgOverTime(): Accumulator {
  const means = new Cells(Number.NaN);
  const weights = new Cells(0);
  const addOne = (cell: number, value: number) => {
    if (Number.isNaN(value)) return;
    const weight = ++weights.data[cell]!; // as above
    means.data[cell] = weight === 1 ? value : means.data[cell]! + (value - means.data[cell]!) / weight;
  };
  return {
    reserve: (cells) => {
      means.reserve(cells);
      weights.reserve(cells);
    },
    add: (cells, values, count) => {
      for (let i = 0; i < count; i++) addOne(cells[i]!, values[i]!); // as above
    },
    read: (from, to) => means.data.slice(from, to),
  };
}

function lengthen(counts: Uint32Array<ArrayBuffer>, cells: number): Uint32Array<ArrayBuffer> {
  if (cells <= counts.length) return counts;
  const longer = new Uint32Array(Math.max(cells, counts.length * 2));
  longer.set(counts);
  return longer;
}

/** Numbers that are one and the same at first, as many as are wanted. */
class Cells {
  data = new Float64Array(0);
  private readonly initial: number;

  constructor(initial: number) {
    this.initial = initial;
  }

  reserve(cells: number): void {
    const { data } = this;
    if (cells <= data.length) return;
    this.data = new Float64Array(Math.max(cells, data.length * 2)).fill(this.initial);
    this.data.set(data);
  }
}
