// Adding and subtracting native histograms.
import { describe, expect, test } from 'vitest';
import { addCompensated, addHistograms, copyToSchema, IncompatibleHistograms, subtractHistograms } from './combine.ts';
import { type Buckets, customSchema, emptyHistogram, type FloatHistogram } from './float-histogram.ts';

const buckets = (...pairs: [number, number][]): Buckets => ({
  indexes: pairs.map(([index]) => index),
  counts: pairs.map(([, count]) => count),
});

const make = (fields: Partial<FloatHistogram>): FloatHistogram => ({ ...emptyHistogram, ...fields });

describe('addition', () => {
  test('joins buckets that only one side has', () => {
    const a = make({ count: 3, sum: 5, positive: buckets([1, 1], [3, 2]) });
    const b = make({ count: 5, sum: 7, positive: buckets([2, 4], [3, 1]), negative: buckets([0, 1]) });
    expect(addHistograms(a, b).histogram).toMatchObject({
      count: 8,
      sum: 12,
      positive: buckets([1, 1], [2, 4], [3, 3]),
      negative: buckets([0, 1]),
    });
  });

  test('takes the coarser resolution: buckets 1 and 2 of schema 1 are bucket 1 of schema 0', () => {
    const fine = make({ schema: 1, count: 6, positive: buckets([1, 1], [2, 2], [3, 3]) });
    const coarse = make({ schema: 0, count: 1, positive: buckets([2, 1]) });
    for (const { histogram } of [addHistograms(fine, coarse), addHistograms(coarse, fine)]) {
      expect(histogram).toMatchObject({ schema: 0, count: 7, positive: buckets([1, 3], [2, 4]) });
    }
  });

  test('widens the narrower zero bucket, which swallows what lies inside', () => {
    const narrow = make({ zeroThreshold: 0.5, zeroCount: 1, count: 4, positive: buckets([0, 3]) });
    const wide = make({ zeroThreshold: 1, zeroCount: 2, count: 2 });
    expect(addHistograms(narrow, wide).histogram).toMatchObject({ zeroThreshold: 1, zeroCount: 6, count: 6 });
  });

  test('reconciles custom bounds to those that both have', () => {
    const a = make({
      schema: customSchema,
      customValues: [1, 2, 3],
      count: 6,
      positive: buckets([0, 1], [1, 2], [2, 3]),
    });
    const b = make({ schema: customSchema, customValues: [1, 3], count: 2, positive: buckets([0, 1], [1, 1]) });
    const { histogram, boundsReconciled } = addHistograms(a, b);
    expect(boundsReconciled).toBe(true);
    expect(histogram).toMatchObject({ customValues: [1, 3], positive: buckets([0, 2], [1, 6]) });
  });

  test('of exponential and custom buckets is impossible', () => {
    expect(() => addHistograms(make({}), make({ schema: customSchema }))).toThrow(IncompatibleHistograms);
  });

  test('leaves its operands as they were', () => {
    const a = make({ count: 1, positive: buckets([1, 1]) });
    const before = structuredClone(a);
    addHistograms(a, a);
    expect(a).toEqual(before);
  });

  test.each([
    ['reset', 'not_reset', 'unknown', true],
    ['gauge', 'reset', 'gauge', false],
    ['unknown', 'reset', 'unknown', false],
    ['reset', 'reset', 'reset', false],
  ] as const)('of hints %s and %s gives %s', (mine, theirs, hint, collides) => {
    const { histogram, resetCollision } = addHistograms(make({ hint: mine }), make({ hint: theirs }));
    expect([histogram.hint, resetCollision]).toEqual([hint, collides]);
  });
});

test('subtraction may leave negative counts', () => {
  const a = make({ count: 1, sum: 2, positive: buckets([1, 1]) });
  const b = make({ count: 3, sum: 1, positive: buckets([1, 2], [2, 1]) });
  expect(subtractHistograms(a, b).histogram).toMatchObject({ count: -2, sum: 1, positive: buckets([1, -1], [2, -1]) });
});

test('compensated addition gets back what rounding took', () => {
  const big = make({ count: 1, sum: 1e100, positive: buckets([1, 1e100]) });
  const one = make({ count: 1, sum: 1, positive: buckets([1, 1]) });
  const first = addCompensated({ sum: big, error: undefined }, one).result;
  const { result } = addCompensated(first, make({ sum: -1e100, positive: buckets([1, -1e100]) }));
  expect((result.sum.sum ?? 0) + (result.error?.sum ?? 0)).toBe(1);
  expect((result.sum.positive.counts[0] ?? 0) + (result.error?.positive.counts[0] ?? 0)).toBe(1);
});

test('a coarser copy merges buckets on both sides of zero', () => {
  const h = make({ schema: 1, positive: buckets([-1, 1], [0, 2], [1, 3]), negative: buckets([2, 4]) });
  expect(copyToSchema(h, 0)).toMatchObject({ schema: 0, positive: buckets([0, 3], [1, 3]), negative: buckets([1, 4]) });
});
