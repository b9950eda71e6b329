// Pairs of numbers are numbered in the order in which they first come, however many there are.
import { expect, test } from 'vitest';
import { PairIndex } from './pair-index.ts';

test('each pair has one number, and each number its pair', () => {
  const index = new PairIndex();
  const pairs = Array.from({ length: 5000 }, (_, i) => [i % 70, Math.floor(i / 7) - 3] as const);
  const numbers = new Map<string, number>();
  for (const [first, second] of [...pairs, ...pairs]) {
    const key = `${first}/${second}`;
    const number = index.indexOf(first, second);
    expect(number).toBe(numbers.get(key) ?? numbers.size);
    numbers.set(key, number);
    expect([index.first(number), index.second(number)]).toEqual([first, second]);
  }
  expect(index.count).toBe(numbers.size);
});
