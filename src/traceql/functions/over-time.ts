// What the …_over_time functions do with the values of one interval. One accumulator serves all intervals of a series.

/** Accumulates numbers by interval. */
export interface Accumulator {
  add(interval: number, value: number): void;
  /** NaN: nothing to show for the interval. */
  values(): Float64Array;
}

type Make = (intervals: number) => Accumulator;

/** Counts whatever is added; 0 where nothing was. `factor` 1 for counts, 1 / step for rates. */
export function countOverTime(intervals: number, factor: number): Accumulator {
  const counts = new Float64Array(intervals);
  return {
    add: (interval) => {
      counts[interval]!++; // callers add within the intervals
    },
    values: () => counts.map((count) => count * factor),
  };
}

function pick(isBetter: (value: number, best: number) => boolean): Make {
  return (intervals) => {
    const best = new Float64Array(intervals).fill(Number.NaN);
    return {
      add: (interval, value) => {
        const known = best[interval]!; // as above
        if (Number.isNaN(known) || isBetter(value, known)) best[interval] = value;
      },
      values: () => best,
    };
  };
}

export const minOverTime = pick((value, best) => value < best);
export const maxOverTime = pick((value, best) => value > best);

/**
 * Kahan sums. A value that is no number spoils what was added so far, and the next one starts anew but spoilt again:
 * Tempo's sum over an attribute that some spans lack alternates so, and mostly ends in nothing.
 */
export const sumOverTime: Make = (intervals) => {
  const sums = new Float64Array(intervals).fill(Number.NaN);
  const lost = new Float64Array(intervals);
  return {
    add: (interval, value) => {
      const sum = sums[interval]!; // as above
      if (Number.isNaN(sum)) {
        sums[interval] = value;
        return;
      }
      const addend = value - lost[interval]!;
      const total = sum + addend;
      if (!Number.isFinite(total) && !Number.isNaN(total)) lost[interval] = 0;
      else lost[interval] = Math.abs(addend) >= Math.abs(sum) ? addend - total + sum : sum - total + addend;
      sums[interval] = total;
    },
    values: () => sums,
  };
};

/** Means; values that are no numbers are left out. */
export const avgOverTime: Make = (intervals) => {
  const means = new Float64Array(intervals).fill(Number.NaN);
  const weights = new Float64Array(intervals);
  return {
    add: (interval, value) => {
      if (Number.isNaN(value)) return;
      const weight = ++weights[interval]!; // as above
      means[interval] = weight === 1 ? value : means[interval]! + (value - means[interval]!) / weight;
    },
    values: () => means,
  };
};
