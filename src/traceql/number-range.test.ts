// A range holds exactly the numbers for which the comparison does.
import { expect, test } from 'vitest';
import { isInRange, rangeOf, verdictOnBlock } from './number-range.ts';

const comparisons: readonly [string, (a: number, b: number) => boolean][] = [
  ['=', (a, b) => a === b],
  ['!=', (a, b) => a !== b],
  ['>', (a, b) => a > b],
  ['>=', (a, b) => a >= b],
  ['<', (a, b) => a < b],
  ['<=', (a, b) => a <= b],
];
const { MIN_VALUE, MAX_VALUE, EPSILON, MAX_SAFE_INTEGER, NaN: nothing, POSITIVE_INFINITY: most } = Number;
const numbers = [0, MIN_VALUE, 1, 1 + EPSILON, 1 - EPSILON / 2, 1e9, MAX_SAFE_INTEGER, MAX_VALUE, most];
const all = [...numbers, ...numbers.map((n) => -n), nothing];

test.each(comparisons)('%s', (op, holds) => {
  const limits = all.filter((n) => !Number.isNaN(n));
  const wrong = limits.flatMap((limit) => {
    const range = rangeOf(op, limit);
    return all.filter((n) => range === undefined || isInRange(n, range) !== holds(n, limit)).map((n) => [n, limit]);
  });
  expect(wrong).toEqual([]);
});

test.each(comparisons)('what is said of a block is true of its numbers: %s', (op, holds) => {
  const few = [-2, -1, 0, 1, 2];
  const blocks = few.flatMap((least) => few.filter((n) => n >= least).map((greatest) => [least, greatest] as const));
  const wrong = few.flatMap((limit) => {
    const range = rangeOf(op, limit);
    return blocks.filter(([least, greatest]) => {
      const verdict = range && verdictOnBlock(least, greatest, range);
      const held = few.filter((n) => n >= least && n <= greatest).map((n) => holds(n, limit));
      if (verdict === 'some') return least === greatest;
      return verdict !== (held.every(Boolean) ? 'all' : held.some(Boolean) ? 'some' : 'none');
    });
  });
  expect(wrong).toEqual([]);
});

test('there is none for other operators, and none around what is no number', () => {
  expect([rangeOf('=~', 1), rangeOf('+', 1), rangeOf('>', nothing)]).toEqual([undefined, undefined, undefined]);
});
