// Texts are ordered by their UTF-8 bytes.
import { expect, test } from 'vitest';
import { compareText } from './compare-text.ts';

test('texts sort as their UTF-8 bytes do, also beyond the basic plane', () => {
  const sorted = ['', 'B', 'a', 'a0', 'aa', 'é', '\ud7ff', '\ue000', '\uffff', '\u{10000}', '\u{1f600}'];
  const byBytes = [...sorted].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  expect([...sorted].reverse().sort(compareText)).toEqual(byBytes);
  expect(sorted).toEqual(byBytes);
});
