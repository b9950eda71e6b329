// Counts by interval are the same whether they are kept as a list or as an array.
import { expect, test } from 'vitest';
import { IntervalCounts } from './interval-counts.ts';

function count(...intervals: number[]): IntervalCounts {
  const counts = new IntervalCounts(4);
  for (const interval of intervals) counts.add(interval);
  return counts;
}

test.each([1, 16, 17, 100])('%d counts of three intervals', (times) => {
  const counts = count(...Array.from({ length: times }, (_, i) => i % 3));
  const expected = [0, 1, 2, 3].map((interval) => (interval === 3 ? 0 : Math.floor((times - interval + 2) / 3)));
  expect(counts.total).toBe(times);
  expect([...counts.toArray()]).toEqual(expected);
});

test.each([
  [1, 1],
  [10, 10],
  [1, 50],
  [50, 1],
])('%d and %d counts together, and taken away again', (first, second) => {
  const counts = count(...new Array<number>(first).fill(0));
  const others = count(...new Array<number>(second).fill(3));
  counts.addAll(others);
  expect([counts.total, [...counts.toArray()]]).toEqual([first + second, [first, 0, 0, second]]);
  counts.subtractAll(others);
  expect([counts.total, [...counts.toArray()]]).toEqual([first, [first, 0, 0, 0]]);
});
