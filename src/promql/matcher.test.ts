// Matchers of selectors, regular expressions included.
import { expect, test } from 'vitest';
import { makeMatcher, printMatcher } from './matcher.ts';

test.each([
  ['=', 'a', 'a', true],
  ['=', 'a', 'b', false],
  ['=', '', '', true],
  ['!=', 'a', '', true],
  ['=~', 'a|b', 'b', true],
  ['=~', 'a', 'aa', false],
  ['=~', '.*', 'x\ny', true],
  ['!~', 'a.*', 'abc', false],
  ['!~', 'a', 'b', true],
] as const)('label%s%j judges %j as %s', (type, value, text, expected) => {
  expect(makeMatcher(type, 'label', value).matches(text)).toBe(expected);
});

test('a pattern that RE2 refuses is refused in its words, about the pattern as it was written', () => {
  expect(() => makeMatcher('=~', 'a', '(')).toThrow('missing closing ): `(`');
});

test('matchers print as in a query', () => {
  expect(printMatcher(makeMatcher('!~', 'http.route', 'a"b'))).toBe('"http.route"!~"a\\"b"');
});
