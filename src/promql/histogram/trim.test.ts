// Native histograms, trimmed at a limit.
import { expect, test } from 'vitest';
import { customSchema, emptyHistogram, type FloatHistogram } from './float-histogram.ts';
import { trimBuckets } from './trim.ts';

const make = (fields: Partial<FloatHistogram>): FloatHistogram => ({ ...emptyHistogram, ...fields });
// (0.5, 1]: 2, (1, 2]: 4, (2, 4]: 6.
const h = make({ count: 12, sum: 24, positive: { indexes: [0, 1, 2], counts: [2, 4, 6] } });

test('buckets above the limit go', () => {
  expect(trimBuckets(h, 2, 'upper')).toMatchObject({ count: 6, positive: { indexes: [0, 1], counts: [2, 4] } });
});

test('buckets below the limit go', () => {
  expect(trimBuckets(h, 2, 'lower')).toMatchObject({ count: 6, positive: { indexes: [2], counts: [6] } });
});

test('a bucket that contains the limit is cut where its logarithm says', () => {
  const cut = trimBuckets(h, Math.SQRT2, 'upper');
  expect(cut.count).toBeCloseTo(4, 12);
  expect(cut.positive.counts[1]).toBeCloseTo(2, 12);
});

test('custom buckets are cut by width', () => {
  const custom = make({
    schema: customSchema,
    customValues: [0, 4],
    count: 8,
    positive: { indexes: [1], counts: [8] },
  });
  expect(trimBuckets(custom, 1, 'upper')).toMatchObject({ count: 2, sum: 1 });
  expect(trimBuckets(custom, 1, 'lower')).toMatchObject({ count: 6, sum: 15 });
});

test('what keeps everything keeps the exact sum', () => {
  expect(trimBuckets(h, 100, 'upper')).toBe(h);
});

test('the zero bucket is cut too', () => {
  const zero = make({ count: 4, zeroCount: 4, zeroThreshold: 1 });
  expect(trimBuckets(zero, 0, 'upper')).toMatchObject({ zeroCount: 2, count: 2 });
});
