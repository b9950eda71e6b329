// Quantiles and fractions of classic histograms.
import { describe, expect, test } from 'vitest';
import { type ClassicBucket, findBucketFraction, findBucketQuantile, parseBucketBound } from './classic-buckets.ts';

const inf = Number.POSITIVE_INFINITY;
const make = (...pairs: [number, number][]): ClassicBucket[] =>
  pairs.map(([upperBound, count]) => ({ upperBound, count }));

describe('quantiles', () => {
  test.each<[string, number, ClassicBucket[], number]>([
    ['interpolate inside a bucket', 0.5, make([1, 10], [2, 30], [inf, 40]), 1.5],
    ['start at zero below a positive first bound', 0.1, make([1, 10], [2, 30], [inf, 40]), 0.4],
    ['answer the bound of a first bucket below zero', 0.1, make([-1, 10], [2, 30], [inf, 40]), -1],
    ['answer the last finite bound above it', 0.99, make([1, 10], [2, 30], [inf, 40]), 2],
    ['need a bucket without end', 0.5, make([1, 10]), Number.NaN],
    ['need an observation', 0.5, make([1, 0], [inf, 0]), Number.NaN],
    ['join buckets of the same bound', 0.5, make([1, 5], [1, 5], [2, 30], [inf, 40]), 1.5],
  ])('%s', (_case, q, buckets, value) => {
    expect(findBucketQuantile(q, buckets).value).toBe(value);
  });

  test('say where counts had to be raised', () => {
    const { correction } = findBucketQuantile(0.5, make([1, 10], [2, 8], [4, 9], [inf, 20]));
    expect(correction).toEqual({ minBucket: 2, maxBucket: 4, maxDiff: 2 });
  });

  test('take tiny differences for rounding', () => {
    expect(findBucketQuantile(0.5, make([1, 10], [2, 10 - 1e-13], [inf, 20])).correction).toBeUndefined();
  });
});

test.each([
  [0, 1, 0.25],
  [1, 2, 0.5],
  [1.5, inf, 0.5],
  [-inf, inf, 1],
  [2, 1, 0],
  [Number.NaN, 1, Number.NaN],
])('between %d and %d lies a share of %d', (lower, upper, share) => {
  expect(findBucketFraction(lower, upper, make([1, 10], [2, 30], [inf, 40]))).toBe(share);
});

test.each([
  ['0.5', 0.5],
  ['+Inf', inf],
  ['1e1', 10],
  ['', undefined],
  ['x', undefined],
])('the label value %j is the bound %s', (text, bound) => {
  expect(parseBucketBound(text)).toBe(bound);
});
