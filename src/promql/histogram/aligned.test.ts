// The quick ways against the general ones: the same bits, or no answer.
import { describe, expect, it } from 'vitest';
import { scaleDifference, sumAligned } from './aligned.ts';
import { addCompensated, addHistograms, type CompensatedHistogram, subtractHistograms } from './combine.ts';
import { compact, customSchema, emptyHistogram, type FloatHistogram, scale } from './float-histogram.ts';

function make(seed: number, more: Partial<FloatHistogram> = {}): FloatHistogram {
  const counts = [0.1, 0.2, 1e16, 0, 3].map((count, i) => count * (seed + i / 7));
  return {
    ...emptyHistogram,
    schema: 2,
    zeroCount: seed / 3,
    count: seed * 1e10,
    sum: seed * 0.7 - 1e-9,
    positive: { indexes: [-3, -1, 0, 2, 9], counts },
    negative: { indexes: [1], counts: [seed / 11] },
    ...more,
  };
}

function sumAsUsual(list: readonly FloatHistogram[]): FloatHistogram {
  const [first = emptyHistogram, ...rest] = list;
  const { sum, error } = rest.reduce<CompensatedHistogram>((held, next) => addCompensated(held, next).result, {
    sum: first,
    error: undefined,
  });
  return compact(error ? addHistograms(sum, error).histogram : sum);
}

it('a sum is the compensated sum', () => {
  const list = [1.1, 2.3, -0.7, 1e8, 3].map((seed) => make(seed));
  expect(sumAligned(list)).toEqual(sumAsUsual(list));
  const custom = list.map((h) => ({ ...h, schema: customSchema, zeroCount: 0, customValues: [1, 2, 3] }));
  expect(sumAligned(custom.slice(0, 1))).toEqual(compact(custom[0] ?? emptyHistogram));
});

it('a difference is the scaled difference', () => {
  const [last, first] = [make(7.7), make(2.1)];
  const usual = scale(compact({ ...subtractHistograms(last, first).histogram, hint: 'gauge' }), 1.37);
  expect(scaleDifference(last, first, 1.37)).toEqual(usual);
});

describe('there is no quick way for', () => {
  it.each([
    { name: 'other resolutions', other: { schema: 1 } },
    { name: 'other buckets', other: { positive: { indexes: [1], counts: [1] } } },
    { name: 'another zero bucket', other: { zeroThreshold: 0.5 } },
    { name: 'other custom bounds', other: { customValues: [1] } },
  ])('$name', ({ other }) => {
    expect(sumAligned([make(1), make(2, other)])).toBeUndefined();
    expect(scaleDifference(make(1), make(2, other), 1)).toBeUndefined();
  });

  it('buckets that the zero bucket swallows', () => {
    expect(sumAligned([make(1, { zeroThreshold: 100 }), make(2, { zeroThreshold: 100 })])).toBeUndefined();
  });

  it('no histogram at all', () => {
    expect(sumAligned([])).toBeUndefined();
  });
});
