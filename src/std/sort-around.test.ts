// Two ranks in place, whatever the order of the others.
import { expect, it } from 'vitest';
import { sortAround } from './sort-around.ts';

const shapes: readonly (readonly [name: string, value: (i: number) => number])[] = [
  ['scrambled', (i) => (i * 7_919) % 5_003],
  ['sorted', (i) => i],
  ['backwards', (i) => -i],
  ['all equal', () => 3],
  ['few different', (i) => i % 3],
  ['one outlier', (i) => (i === 77 ? 1e9 : 1)],
  ['infinite ones', (i) => (i % 5 === 0 ? Number.POSITIVE_INFINITY : i % 7 === 0 ? Number.NEGATIVE_INFINITY : i)],
  ['some NaN', (i) => (i % 11 === 0 ? Number.NaN : i % 13)],
];

it.each(shapes)('numbers that are %s', (_, value) => {
  for (const length of [1, 2, 599, 5_000]) {
    const numbers = Float64Array.from({ length }, (_unused, i) => value(i));
    const sorted = numbers.slice().sort();
    for (const share of [0, 0.25, 0.5, 0.95, 1]) {
      const rank = Math.floor(share * (length - 1));
      const found = numbers.slice();
      sortAround(found, rank);
      expect([found[rank], found[rank + 1]]).toEqual([sorted[rank], sorted[rank + 1]]);
    }
  }
});
