// Aggregation column by column gives what aggregation point by point gives.
import { describe, expect, test } from 'vitest';
import { Labels } from '../labels.ts';
import { StepSeries } from '../values.ts';
import { columnFolds } from './aggregation-columns.ts';

const gap = undefined;

function make(...values: (number | undefined)[]): StepSeries {
  const series = new StepSeries(Labels.empty, values.length);
  values.forEach((value, step) => {
    if (value !== undefined) series.setFloat(step, value);
  });
  return series;
}

function fold(name: string, ...members: StepSeries[]): (number | undefined)[] {
  const target = new StepSeries(Labels.empty, members[0]?.kinds.length ?? 0);
  columnFolds[name]?.(members, target);
  return Array.from(target.floats, (value, step) => (target.kinds[step] === 0 ? gap : value));
}

describe('columns', () => {
  const a = make(1, gap, gap, Number.NaN);
  const b = make(5, 2, gap, 3);
  const c = make(3, 4, gap, 1);
  test.each([
    ['sum', [9, 6, gap, Number.NaN]],
    ['avg', [3, 3, gap, Number.NaN]],
    ['count', [3, 2, gap, 3]],
    ['min', [1, 2, gap, 1]],
    ['max', [5, 4, gap, 3]],
  ])('%s leaves out gaps, and NaN yields to numbers where there is an order', (name, expected) => {
    expect(fold(name, a, b, c)).toEqual(expected);
  });

  test('sums carry what rounding takes away', () => {
    expect(fold('sum', make(1), make(1e100), make(1), make(-1e100))).toEqual([2]);
  });

  test('a mean does not overflow where the sum does', () => {
    expect(fold('avg', make(Number.MAX_VALUE), make(Number.MAX_VALUE))).toEqual([Number.MAX_VALUE]);
  });

  test('infinities of both signs have no sum and no mean', () => {
    const members = [make(Number.POSITIVE_INFINITY), make(Number.NEGATIVE_INFINITY)];
    expect([fold('sum', ...members), fold('avg', ...members)]).toEqual([[Number.NaN], [Number.NaN]]);
  });
});
