// The natural order of sort_by_label.
import { expect, test } from 'vitest';
import { isNaturallyBefore, sortLikeGo } from './natural-order.ts';

test.each([
  ['f9', 'f10', true],
  ['f10', 'f9', false],
  ['a', 'b', true],
  ['1a', '1b', true],
  ['a', 'a1', true],
  ['a1', 'a', false],
  ['01', '1', true],
])('%s before %s: %s', (a, b, expected) => {
  expect(isNaturallyBefore(a, b)).toBe(expected);
});

test('short and long lists are sorted', () => {
  for (const length of [0, 1, 12, 40]) {
    const items = Array.from({ length }, (_, i) => (i * 7) % 41);
    expect(sortLikeGo(items, (a, b) => a - b)).toEqual([...items].sort((a, b) => a - b));
  }
});
