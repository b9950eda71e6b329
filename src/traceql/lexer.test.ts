// Texts into tokens: literals, scopes and attribute names, comments, and what cannot be read.
import { describe, expect, it } from 'vitest';
import { tokenize } from './lexer.ts';

const kinds = (text: string) => tokenize(text).map((token) => token.kind);
const values = (text: string) => tokenize(text).flatMap((token) => token.value ?? []);

describe('the lexer', () => {
  it.each([
    ['{ }', ['{', '}', '$end']],
    ['a>>b', ['IDENTIFIER', '>>', 'IDENTIFIER', '$end']],
    ['!>> !<< &>> &<< !~ &~ =~', ['!>>', '!<<', '&>>', '&<<', '!~', '&~', '=~', '$end']],
    ['.a', ['.', 'IDENTIFIER', 'END_ATTRIBUTE', '$end']],
    ['span.a.b', ['span.', 'IDENTIFIER', 'END_ATTRIBUTE', '$end']],
    ['parent.span.a', ['parent.', 'span.', 'IDENTIFIER', 'END_ATTRIBUTE', '$end']],
    ['span:id', ['span:', 'id', '$end']],
    ['{ // all\n}', ['{', '}', '$end']],
    ['{ /* all */ }', ['{', '}', '$end']],
    ['"a', ['$error']],
    ['1e', ['$error']],
    ['', ['$end']],
  ])('%s', (text, expected) => {
    expect(kinds(text)).toEqual(expected);
  });

  it.each<readonly [string, readonly unknown[]]>([
    ['"a\\n\\"b"', ['a\n"b']],
    ['`a\\n`', ['a\\n']],
    ['12', [12]],
    ['1.5', [1.5]],
    ['1e3', [1000]],
    ['1m30s', [90e9]],
    ['1.5ms', [1.5e6]],
    ['10µs', [10_000]],
    ['.a-b/c', ['a-b/c']],
    ['span."a \\"b\\""', ['a "b"']],
    ['.häuser', ['häuser']],
  ])('%s is read as its value', (text, expected) => {
    expect(values(text).filter((value) => !/^(span\.|\.)$/.test(String(value)))).toEqual(expected);
  });

  it('keeps whole numbers of 64 bits', () => {
    expect(values('9223372036854775807')).toEqual([9223372036854775807n]);
  });

  it.each([
    ['"a', 'literal not terminated'],
    ['1e', 'exponent has no digits'],
    ['0x10', 'strconv.Atoi: parsing "0x10": invalid syntax'],
    ['9223372036854775808', 'strconv.Atoi: parsing "9223372036854775808": value out of range'],
    ['089', "invalid digit '8' in octal literal"],
    ['.a"b', 'unexpected EOF, expecting "'],
  ])('%s cannot be read: %s', (text, error) => {
    expect(tokenize(text).at(-1)?.error).toBe(error);
  });

  it('places every token where it is in the text', () => {
    const text = '{ span.a = "x" && duration > 1s } | count() > 2';
    for (const token of tokenize(text)) expect(text.slice(token.start, token.end)).toBe(token.text);
  });
});
