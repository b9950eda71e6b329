// Texts, equality and order of values.
import { expect, test } from 'vitest';
import { compareValues, equals, formatGoFloat, formatValue, groupKey, type Static } from './values.ts';

test.each<[Static, string]>([
  [{ type: 'nil' }, 'nil'],
  [{ type: 'int', value: 5 }, '5'],
  [{ type: 'float', value: 5 }, '5.0'],
  [{ type: 'float', value: 0.25 }, '0.25'],
  [{ type: 'duration', value: 1.5e9 }, '1.5s'],
  [{ type: 'status', value: 'error' }, 'error'],
  [{ type: 'strings', value: ['a', 'b'] }, '[`a`, `b`]'],
  [{ type: 'ints', value: [1, 2] }, '[1, 2]'],
  [{ type: 'floats', value: [1, 0.5] }, '[1.0, 0.5]'],
])('%j is shown as %s', (value, text) => {
  expect(formatValue(value)).toBe(text);
});

test.each([
  [1, '1.0'],
  [1e6, '1e+06'],
  [123456, '123456.0'],
  [1e-5, '1e-05'],
  [0.016777216, '0.016777216'],
  [Number.POSITIVE_INFINITY, '+Inf.0'],
])('%d is printed as Go prints a float: %s', (value, text) => {
  expect(formatGoFloat(value)).toBe(text);
});

test('nil equals nothing, not even itself', () => {
  expect(equals({ type: 'nil' }, { type: 'nil' })).toBe(false);
});

test('whole numbers of any size are compared exactly', () => {
  const big: Static = { type: 'int', value: 2n ** 60n };
  expect(equals(big, { type: 'int', value: 2n ** 60n + 1n })).toBe(false);
  expect(compareValues(big, { type: 'int', value: 1 })).toBe(1);
});

test('texts are ordered by their bytes', () => {
  expect(compareValues({ type: 'string', value: '\u{1F600}' }, { type: 'string', value: '\uFF5E' })).toBe(1);
});

test('keys tell values of different types apart', () => {
  const values: Static[] = [
    { type: 'int', value: 1 },
    { type: 'float', value: 1 },
    { type: 'string', value: '1' },
    { type: 'ints', value: [1] },
    { type: 'strings', value: ['1'] },
    { type: 'nil' },
  ];
  expect(new Set(values.map(groupKey)).size).toBe(values.length);
});
