// The tags of the older search, and where they cannot be read.
import { expect, test } from 'vitest';
import { parseTags } from './logfmt-tags.ts';

test.each<readonly [string, Record<string, string>]>([
  ['', {}],
  ['a=b', { a: 'b' }],
  ['  a=b   c=d ', { a: 'b', c: 'd' }],
  ['a="b c"', { a: 'b c' }],
  ['a="say \\"x\\""', { a: 'say "x"' }],
  ['a', { a: '' }],
  ['a=', { a: '' }],
  ['service.name=x-1/y', { 'service.name': 'x-1/y' }],
])('%j holds its tags', (text, expected) => {
  expect(Object.fromEntries(parseTags(text))).toEqual(expected);
});

test.each([
  ['=b', "invalid tags: unexpected '=' at pos 1"],
  ['a="b', 'invalid tags: unterminated quoted value at pos 5'],
  ['a="b"c', `invalid tags: unexpected 'c' at pos 6`],
  ['a=b=c', "invalid tags: unexpected '=' at pos 4"],
  ['a=1 a=1', 'invalid tags: tag a has been set twice'],
])('%j is refused: %s', (text, message) => {
  expect(() => parseTags(text)).toThrow(message);
});
