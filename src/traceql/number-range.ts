// Comparisons with a number as a range of numbers: one test for all operators, in loops over columns.

export interface NumberRange {
  /** Both ends are part of it; NaN: nothing is. */
  readonly low: number;
  readonly high: number;
  /** What is wanted is all but the range. */
  readonly isExcluded: boolean;
}

type MakeRange = (limit: number) => { low: number; high: number };

const lowest = Number.NEGATIVE_INFINITY;
const highest = Number.POSITIVE_INFINITY;

const ranges: Readonly<Record<string, MakeRange>> = {
  '=': (limit) => ({ low: limit, high: limit }),
  '!=': (limit) => ({ low: limit, high: limit }),
  '>': (limit) => ({ low: nextUp(limit), high: highest }),
  '>=': (limit) => ({ low: limit, high: highest }),
  '<': (limit) => ({ low: lowest, high: -nextUp(-limit) }),
  '<=': (limit) => ({ low: lowest, high: limit }),
};

/** The numbers for which `number op limit` holds; undefined for operators that compare no sizes. */
export function rangeOf(op: string, limit: number): NumberRange | undefined {
  const range = Number.isNaN(limit) ? undefined : ranges[op]?.(limit);
  return range && { ...range, isExcluded: op === '!=' };
}

/** Is the number one of them? */
export function isInRange(value: number, { low, high, isExcluded }: NumberRange): boolean {
  return (value >= low && value <= high) !== isExcluded;
}

/** Which of the numbers from `least` to `greatest` are in the range, as far as these two tell. */
export function verdictOnBlock(
  least: number,
  greatest: number,
  { low, high, isExcluded }: NumberRange,
): 'all' | 'some' | 'none' {
  if (least >= low && greatest <= high) return isExcluded ? 'none' : 'all';
  const mayOverlap = greatest >= low && least <= high;
  if (mayOverlap) return 'some';
  return isExcluded ? 'all' : 'none';
}

// The next larger double; NaN above infinity.
function nextUp(value: number): number {
  if (value === highest) return Number.NaN;
  if (value === 0) return Number.MIN_VALUE;
  const bits = new BigInt64Array(Float64Array.of(value).buffer);
  bits[0] = (bits[0] ?? 0n) + (value > 0 ? 1n : -1n);
  return new Float64Array(bits.buffer)[0] ?? Number.NaN;
}
