// Extremes of blocks, as rows come.
import { expect, test } from 'vitest';
import { blockRows } from '../../../traceql/source.ts';
import { BlockExtremes } from './block-extremes.ts';

const numbers = Float64Array.from({ length: 3 * blockRows }, (_, row) => (row * 7919) % 10_007);
const extremesOf = (from: number, to: number) => {
  const block = [...numbers.subarray(from, to)];
  return [Math.min(...block), Math.max(...block)];
};

test.each([
  ['at once', [2 * blockRows + 5]],
  ['a few at a time', [1, 2, 700, blockRows - 1, blockRows, blockRows + 1, 2 * blockRows + 5]],
])('rows that come %s have the same extremes', (_, counts) => {
  const extremes = new BlockExtremes();
  let last = extremes.upTo(numbers, 0);
  for (const count of counts) last = extremes.upTo(numbers, count);
  const found = [0, 1, 2].map((block) => [last.least[block], last.greatest[block]]);
  expect(found).toEqual([
    extremesOf(0, blockRows),
    extremesOf(blockRows, 2 * blockRows),
    extremesOf(2 * blockRows, 2 * blockRows + 5),
  ]);
});
