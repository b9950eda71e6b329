// The fast path must agree with the linear engine wherever it speaks, and be silent where it could not keep its bounds.
import { RE2JS } from 're2js';
import { describe, expect, it } from 'vitest';
import { translateNative } from './re2-native.ts';

const texts = [
  '',
  'a',
  'abc',
  'ABC',
  'aab',
  'x\ny',
  'a.c',
  'foo bar',
  '12ms',
  'é☕',
  'ſK',
  'a-b_c',
  ' \t',
  '{"a":"b"}',
  'aaaa',
];

describe('a translated pattern', () => {
  it.each([
    'abc',
    'a.c',
    '.',
    '(?i)aBc',
    '(?s)x.y',
    '^a',
    'c$',
    '^$',
    'a|b|',
    '(a|bc)?d?',
    'a*b',
    'a+',
    '\\d+ms',
    '\\w\\s\\w',
    '\\S',
    '\\D',
    '[abc]',
    '[^a-c]',
    '[0-9]{1,3}',
    'x?y??',
    '\\{"a"',
    'a{2}',
    'a{2,}',
    '\\bbar\\b',
    'é',
    '(?i)s',
    '(?i)K',
    '[\\d.]',
    '[a-z_]+',
    '(?P<x>a)b',
    '(?:a|b)c',
    '-',
    '/',
    '\\.',
    'a{0,2}b',
    '[(]',
    '\\-',
    '"',
    '(?i)[a-z]',
  ])('%s answers as the linear engine does', (pattern) => {
    for (const anchored of [false, true]) {
      const native = translateNative(pattern, { anchored });
      expect(native, pattern).toBeDefined();
      const linear = RE2JS.compile(anchored ? `^(?s:${pattern})$` : pattern);
      for (const text of texts) {
        expect(native?.regexp.test(text), `${pattern} on ${JSON.stringify(text)}`).toBe(linear.matcher(text).find());
      }
    }
  }); // prettier-ignore

  it.each([
    '(a+)+',
    '(a|b)*',
    'a*b*c*',
    '(?m)^a',
    '\\pL',
    '[[:alpha:]]',
    '\\Qa\\E',
    '\\Aa',
    'a\\z',
    '(?i)\\w',
    '^*',
    '(?U)a+',
    '\\x41',
    'a{1,99}b{1,99}',
    '(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)',
    '[a-\\d]',
    'a**',
    '{',
  ])('%s is left to the linear engine', (pattern) => {
    expect(translateNative(pattern, { anchored: false })).toBeUndefined();
  }); // prettier-ignore

  it('is not asked about texts on which backtracking could take long', () => {
    expect(translateNative('abc', { anchored: false })?.maxChars).toBe(Number.POSITIVE_INFINITY);
    expect(translateNative('a.*c', { anchored: false })?.maxChars).toBe(4_096);
    expect(translateNative('a.*c.*d', { anchored: false })?.maxChars).toBe(256);
  });

  it('agrees with the linear engine on random patterns (seed 7)', () => {
    let state = 7;
    const below = (limit: number) => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      return (state >>> 8) % limit;
    };
    const pieces = [
      'a',
      'b',
      '.',
      '\\d',
      '[ab]',
      '[^a]',
      '(a|b)',
      '^',
      '$',
      '|',
      'a*',
      'b+',
      'a?',
      'x{1,2}',
      '\\.',
      ' ',
      '\\s',
      'é',
      '(?:ab)?',
    ];
    const letters = ['a', 'b', 'x', '1', '.', ' ', '\n', 'é', 'ab'];
    let spoken = 0;
    for (let i = 0; i < 3_000; i++) {
      const pattern =
        (below(4) === 0 ? '(?i)' : '') +
        Array.from({ length: 1 + below(5) }, () => pieces[below(pieces.length)]).join('');
      const anchored = below(2) === 0;
      const native = translateNative(pattern, { anchored });
      if (!native) continue;
      spoken++;
      const linear = RE2JS.compile(anchored ? `^(?s:${pattern})$` : pattern);
      for (let k = 0; k < 5; k++) {
        const text = Array.from({ length: below(6) }, () => letters[below(letters.length)]).join('');
        expect(native.regexp.test(text), `${pattern} on ${JSON.stringify(text)}`).toBe(linear.matcher(text).find());
      }
    }
    expect(spoken).toBeGreaterThan(1_500);
  });
});
