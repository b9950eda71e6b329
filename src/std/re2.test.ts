// Regular expressions as Go has them: what matches, what groups are, and how matches are replaced.
import { describe, expect, it } from 'vitest';
import { compileRe2, Re2SyntaxError } from './re2.ts';

describe('a pattern', () => {
  it.each([
    ['b+', 'abbbc', true],
    ['^b', 'abc', false],
    ['(?i)ABC', 'xabcx', true],
    ['a.c', 'a\nc', false],
    ['(?s)a.c', 'a\nc', true],
    ['c$', 'abc\n', false],
    ['\\bword\\b', 'a word here', true],
    ['[[:digit:]]{2}', 'a12', true],
    ['\\p{Greek}', 'αβγ', true],
    ['plain text', 'some plain text', true],
    ['', 'anything', true],
  ])('%s finds itself in %j: %s', (pattern, text, found) => expect(compileRe2(pattern).test(text)).toBe(found));

  it.each([
    ['a|b', 'b', true],
    ['a|b', 'ab', false],
    ['.*', 'a\nb', true],
    ['a.*', 'xa', false],
    ['a|b|', '', true],
  ])('%s anchored matches the whole of %j: %s', (pattern, text, found) =>
    expect(compileRe2(pattern, { anchored: true }).test(text)).toBe(found),
  );

  it('is refused in the words of RE2, without the wrapper of anchored ones', () => {
    expect(() => compileRe2('(', { anchored: true })).toThrow('error parsing regexp: missing closing ): `(`');
    expect(() => compileRe2('a)(b', { anchored: true })).toThrow(Re2SyntaxError);
    expect(() => compileRe2('(?=a)')).toThrow(Re2SyntaxError);
  });

  it('gives the groups of the first match, undefined for those that took no part', () => {
    const re = compileRe2('(?P<year>\\d{4})-(\\d{2})(x)?');
    expect(re.exec('on 2024-06 and 2025-07')).toEqual(['2024-06', '2024', '06', undefined]);
    expect(re.exec('none')).toBeUndefined();
    expect(re.groupNames).toEqual(['', 'year', '', '']);
  });

  it('takes no longer than the text is long, even where backtracking would never end', () => {
    expect(compileRe2('(a+)+$').test(`${'a'.repeat(5_000)}b`)).toBe(false);
  });
});

describe('replacing all matches', () => {
  it.each([
    ['(\\w)(\\w)', 'ab cd', '$2$1', 'ba dc'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: Go's own placeholder
    ['(?P<x>a)', 'aa', '<${x}>', '<a><a>'],
    ['(a)', 'aa', '$1x', ''],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: Go's own placeholder
    ['(a)', 'aa', '${1}x', 'axax'],
    ['a', 'aba', '$$', '$b$'],
    ['a', 'aba', '$9', 'b'],
    ['x*', 'abc', '-', '-a-b-c-'],
    ['b*', 'abb', '-', '-a-'],
    ['a', 'aba', '\\1', '\\1b\\1'],
    ['é', 'aé', 'e', 'ae'],
  ])('%s in %j by %j gives %j', (pattern, text, replacement, result) =>
    expect(compileRe2(pattern).replaceAll(text, replacement)).toBe(result),
  );

  it('counts matches that do not overlap', () => {
    expect(compileRe2('aa').count('aaaaa')).toBe(2);
    expect(compileRe2('').count('ab')).toBe(3);
  });
});
