// Bounds and counts of native histograms.
import { describe, expect, test } from 'vitest';
import { customSchema, divide, emptyHistogram, getExponentialBound, listBuckets, scale } from './float-histogram.ts';
import { KahanSum } from './kahan.ts';
import { printHistogram } from './print.ts';

describe('bounds of exponential buckets', () => {
  test.each([
    [0, 0, 1],
    [1, 0, 2],
    [-1, 0, 0.5],
    [1, 1, 2 * 0.7071067811865475],
    [1, -1, 4],
    [1024, 0, Number.MAX_VALUE],
    [512, -1, Number.MAX_VALUE],
    [-1074, 0, Number.MIN_VALUE],
  ])('bucket %d of schema %d ends at %d', (index, schema, bound) => {
    expect(getExponentialBound(index, schema)).toBe(bound);
  });
});

const h = {
  ...emptyHistogram,
  count: 6,
  sum: 3,
  zeroThreshold: 0.25,
  zeroCount: 1,
  positive: { indexes: [-1, 0, 1], counts: [1, 0, 2] },
  negative: { indexes: [0], counts: [2] },
};

test('buckets are listed by rising value, cut at the zero bucket', () => {
  expect(listBuckets({ ...h, zeroThreshold: 0.3 }).map(({ lower, upper, count }) => [lower, upper, count])).toEqual([
    [-1, -0.5, 2],
    [-0.3, 0.3, 1],
    [0.3, 0.5, 1],
    [0.5, 1, 0],
    [1, 2, 2],
  ]);
});

test('a histogram is printed as in messages of Prometheus', () => {
  expect(printHistogram(h)).toBe('{count:6, sum:3, [-1,-0.5):2, [-0.25,0.25]:1, (0.25,0.5]:1, (1,2]:2}');
});

test('custom buckets begin at minus infinity', () => {
  const custom = {
    ...emptyHistogram,
    schema: customSchema,
    customValues: [5],
    positive: { indexes: [0, 1], counts: [1, 2] },
  };
  expect(listBuckets(custom).map(({ lower, upper }) => [lower, upper])).toEqual([
    [Number.NEGATIVE_INFINITY, 5],
    [5, Number.POSITIVE_INFINITY],
  ]);
});

test('a negative factor makes a gauge, and division by zero leaves no buckets', () => {
  expect(scale(h, -1)).toMatchObject({ hint: 'gauge', count: -6, zeroCount: -1, positive: { counts: [-1, -0, -2] } });
  expect(divide(h, 0)).toMatchObject({ count: Number.POSITIVE_INFINITY, positive: { indexes: [] } });
});

test.each([
  [[1, 1e100, 1, -1e100], 2],
  [[1e16, 1, 1, -1e16], 2],
  [[Number.POSITIVE_INFINITY, 1], Number.POSITIVE_INFINITY],
])('the sum of %j is %d, without what rounding costs', (values, total) => {
  const sum = new KahanSum();
  for (const value of values) sum.add(value);
  expect(sum.total).toBe(total);
});
