// Aggregations of groups that hold nothing but floats: member by member over whole columns, which is much faster than step
// by step over all members. The results are the same to the last bit.
import { type StepSeries, slot } from '../values.ts';
import { averageFloats } from './aggregation-sums.ts';

export type ColumnFold = (members: readonly StepSeries[], target: StepSeries) => void;

export const columnFolds: Readonly<Partial<Record<string, ColumnFold>>> = {
  sum: (members, target) => {
    const errors = sumColumns(members, target);
    for (let step = 0; step < errors.length; step++) target.floats[step] = at(target.floats, step) + at(errors, step);
  },
  avg: (members, target) => {
    const errors = sumColumns(members, target);
    const counts = countColumns(members, errors.length);
    for (let step = 0; step < errors.length; step++) {
      if (target.kinds[step] === slot.empty) continue;
      const count = at(counts, step);
      // What overflows needs a running mean.
      target.floats[step] = Number.isFinite(at(target.floats, step))
        ? at(target.floats, step) / count + at(errors, step) / count
        : averageFloats(members, step, count);
    }
  },
  count: (members, target) => {
    countColumns(members, target.kinds.length).forEach((count, step) => {
      if (count > 0) target.setFloat(step, count);
    });
  },
  min: (members, target) => {
    for (const { kinds, floats } of members) {
      for (let step = 0; step < kinds.length; step++) {
        if (kinds[step] === slot.empty) continue;
        const best = at(target.floats, step);
        const value = at(floats, step);
        if (target.kinds[step] === slot.empty || value < best || Number.isNaN(best)) target.setFloat(step, value);
      }
    }
  },
  max: (members, target) => {
    for (const { kinds, floats } of members) {
      for (let step = 0; step < kinds.length; step++) {
        if (kinds[step] === slot.empty) continue;
        const best = at(target.floats, step);
        const value = at(floats, step);
        if (target.kinds[step] === slot.empty || value > best || Number.isNaN(best)) target.setFloat(step, value);
      }
    }
  },
};

/** Sums into the target and returns what rounding has cost (see kahan.ts). */
function sumColumns(members: readonly StepSeries[], target: StepSeries): Float64Array {
  const sums = target.floats;
  const errors = new Float64Array(sums.length);
  for (const { kinds, floats } of members) {
    for (let step = 0; step < kinds.length; step++) {
      if (kinds[step] === slot.empty) continue;
      const increment = at(floats, step);
      if (target.kinds[step] === slot.empty) {
        target.setFloat(step, increment);
        continue;
      }
      const sum = at(sums, step);
      const total = sum + increment;
      sums[step] = total;
      if (total === Number.POSITIVE_INFINITY || total === Number.NEGATIVE_INFINITY) errors[step] = 0;
      else if (Math.abs(sum) >= Math.abs(increment)) errors[step] = at(errors, step) + (sum - total + increment);
      else errors[step] = at(errors, step) + (increment - total + sum);
    }
  }
  return errors;
}

function countColumns(members: readonly StepSeries[], steps: number): Float64Array {
  const counts = new Float64Array(steps);
  for (const { kinds } of members) {
    for (let step = 0; step < steps; step++) if (kinds[step] !== slot.empty) counts[step] = at(counts, step) + 1;
  }
  return counts;
}

function at(column: Float64Array, step: number): number {
  return column[step] ?? 0;
}
