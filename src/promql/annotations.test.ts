// Warnings and infos beside an answer, with their places.
import { expect, test } from 'vitest';
import { Annotations, annotate } from './annotations.ts';

const query = 'sum(foo)\n+ bar';

test('annotations name the place, and the same text is kept once', () => {
  const annotations = new Annotations();
  annotations.add(annotate.histogramIgnored('max'), { start: 0, end: 3 });
  annotations.add(annotate.histogramIgnored('max'), { start: 11, end: 14 });
  expect(annotations.list('info', { query, limit: 10 })).toEqual([
    'PromQL info: ignored histogram in max aggregation (2:3)',
  ]);
  expect(annotations.list('warning', { query, limit: 10 })).toEqual([]);
});

test('what is beyond the limit is counted', () => {
  const annotations = new Annotations();
  for (const q of [2, 3, 4]) annotations.add(annotate.invalidQuantile(q), { start: 0, end: 1 });
  expect(annotations.list('warning', { query, limit: 1 })).toEqual([
    'PromQL warning: quantile value should be between 0 and 1, got 2 (1:1)',
    '2 more warning annotations omitted',
  ]);
});
