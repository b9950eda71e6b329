// Printf and %v as Go prints them.
import { describe, expect, it } from 'vitest';
import { formatGoValue, goSprintf } from './go-format.ts';

describe('%v', () => {
  it.each([
    [1.5, '1.5'],
    [1_500_000, '1.5e+06'],
    [100_000, '100000'],
    [0.00001, '1e-05'],
    [12n, '12'],
    [true, 'true'],
    [null, '<nil>'],
    [['a', 1n, null], '[a 1 <nil>]'],
    [
      new Map<string, unknown>([
        ['b', 1],
        ['a', [true]],
      ]),
      'map[a:[true] b:1]',
    ],
  ])('of value %# is as Go prints it', (value, text) => expect(formatGoValue(value)).toBe(text));
});

describe('a format', () => {
  it.each([
    ['%d|%5d|%-5d|%05d|%+d', [1n, 2n, 3n, 4n, 5n], '1|    2|3    |00004|+5'],
    ['%s|%5s|%-5s|%.2s', ['a', 'b', 'c', 'def'], 'a|    b|c    |de'],
    ['%f|%.1f|%08.3f|%e', [1.5, 1.25, 2.71759, 1234.5], '1.500000|1.3|0002.718|1.234500e+03'],
    ['%x|%X|%q|%t|%%', ['hi', 255n, 'a"b', true], '6869|FF|"a\\"b"|true|%'],
    ['%*d', [4n, 7n], '   7'],
    ['%d', ['x'], '%!d(string=x)'],
    ['%d', [], '%!d(MISSING)'],
    ['a', [1n], 'a%!(EXTRA int=1)'],
    ['%v %T', [['x'], 1n], '[x] int'],
    ['%', [], '%!(NOVERB)'],
  ])('%s prints as Go does', (format, args, text) => expect(goSprintf(format, args)).toBe(text));
});
