// Go's string literals: read with all their escapes, refused with a place, and written.
import { describe, expect, it } from 'vitest';
import { findStringEnd, GoStringError, quoteGoString, unquoteGoString } from './go-string.ts';

describe('a literal', () => {
  it.each([
    ['"plain"', 'plain'],
    ['`raw \\n`', 'raw \\n'],
    ['"\\n\\t\\\\\\""', '\n\t\\"'],
    ['"\\x50\\117\\u0053\\U00000054"', 'POST'],
    ['"\\xc3\\xa9"', 'é'],
    ['"\\a\\b\\f\\v"', '\x07\b\f\v'],
    ['"é☕"', 'é☕'],
    ['""', ''],
  ])('%s means %j', (literal, value) => expect(unquoteGoString(literal)).toBe(value));

  it.each(['"\\q"', '"\\x5"', '"\\u12"', '"\\U00110000"'])('%s is refused where the escape stands', (literal) => {
    expect(() => unquoteGoString(literal)).toThrow(GoStringError);
  });

  it.each([
    ['"a" b', 3],
    ['"a\\"b" c', 6],
    ['`a\\` b', 4],
    ['"open', -1],
    ['"line\nbreak"', -1],
    ['`line\nbreak`', 12],
  ])('%j ends at %i', (text, end) => expect(findStringEnd(text, 0)).toBe(end));
});

describe('quoting', () => {
  it.each([
    ['plain', '"plain"'],
    ['a"b\\c\n', '"a\\"b\\\\c\\n"'],
    ['\u0001\u007f', '"\\x01\\x7f"'],
    ['é☕', '"é☕"'],
    ['\u00a0\u200b', '"\\u00a0\\u200b"'],
  ])('%j gives %s', (value, literal) => {
    expect(quoteGoString(value)).toBe(literal);
    expect(unquoteGoString(literal)).toBe(value);
  });
});
