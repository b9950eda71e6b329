// Layouts are shared when they are the same, and only then.
import { expect, test } from 'vitest';
import { emptyHistogram } from '../../../promql/histogram/float-histogram.ts';
import { Layouts } from './layouts.ts';

const histogramOf = (indexes: number[]) => ({
  ...emptyHistogram,
  positive: { indexes, counts: indexes.map((index) => index + 1) },
});

test('the same layout becomes the same list, with counts of its own', () => {
  const layouts = new Layouts();
  const first = layouts.share(histogramOf([1, 2, 5]));
  const second = layouts.share(histogramOf([1, 2, 5]));
  expect(second.positive.indexes).toBe(first.positive.indexes);
  expect(second.positive.counts).not.toBe(first.positive.counts);
});

test('another layout with the same ends and length stays itself', () => {
  const layouts = new Layouts();
  layouts.share(histogramOf([1, 2, 5]));
  expect(layouts.share(histogramOf([1, 3, 5])).positive.indexes).toEqual([1, 3, 5]);
});
