// Numbers, read and written as Go does.
import { describe, expect, test } from 'vitest';
import {
  formatGoDecimals,
  formatGoFixed,
  formatGoGeneral,
  formatGoJson,
  formatGoSignificant,
  parseGoAtoi,
  parseGoFloat,
  parseGoInt,
} from './go-strconv.ts';

// What Go 1.24 prints: strconv.FormatFloat(x, 'f', -1), encoding of API JSON, %g.
test.each([
  [0, '0', '0', '0'],
  [-0, '-0', '-0', '-0'],
  [1.5, '1.5', '1.5', '1.5'],
  [100_000, '100000', '100000', '100000'],
  [1_000_000, '1000000', '1000000', '1e+06'],
  [1e21, '1000000000000000000000', '1e+21', '1e+21'],
  [1.25e25, '12500000000000000000000000', '1.25e+25', '1.25e+25'],
  [1e-6, '0.000001', '0.000001', '1e-06'],
  [1.5e-7, '0.00000015', '1.5e-07', '1.5e-07'],
  [-2.5e-10, '-0.00000000025', '-2.5e-10', '-2.5e-10'],
  [1e-100, `0.${'0'.repeat(99)}1`, '1e-100', '1e-100'],
  [Number.NaN, 'NaN', 'NaN', 'NaN'],
  [Number.POSITIVE_INFINITY, '+Inf', '+Inf', '+Inf'],
  [Number.NEGATIVE_INFINITY, '-Inf', '-Inf', '-Inf'],
])('%d is printed as fixed %s, in JSON as %s and generally as %s', (value, fixed, json, general) => {
  expect([formatGoFixed(value), formatGoJson(value), formatGoGeneral(value)]).toEqual([fixed, json, general]);
});

test.each([
  [123.456, 2, '1.2e+02'],
  [0.000012345, 3, '1.23e-05'],
  [2, 2, '2'],
  [0.1, 2, '0.1'],
])('%d with %d significant digits is %s', (value, digits, text) => {
  expect(formatGoSignificant(value, digits)).toBe(text);
});

test.each([
  [1, '1.000000'],
  [0.5, '0.500000'],
  [1e22, '10000000000000000000000.000000'],
])('%d with six decimals is %s', (value, text) => {
  expect(formatGoDecimals(value)).toBe(text);
});

describe('parseGoFloat', () => {
  test.each([
    ['1', 1],
    ['-.5', -0.5],
    ['1_000.5', 1000.5],
    ['1e3', 1000],
    ['+Inf', Number.POSITIVE_INFINITY],
    ['-infinity', Number.NEGATIVE_INFINITY],
    ['nan', Number.NaN],
    ['', 'invalid syntax'],
    ['1__0', 'invalid syntax'],
    ['1e', 'invalid syntax'],
    ['12x', 'invalid syntax'],
    ['1e999', 'value out of range'],
  ])('%j gives %s', (text, value) => {
    expect(parseGoFloat(text)).toEqual(value);
  });
});

describe('parseGoInt', () => {
  test.each([
    ['0x1F', 31],
    ['0b11', 3],
    ['0o17', 15],
    ['017', 15],
    ['-9223372036854775808', -(2 ** 63)],
    ['9223372036854775808', undefined],
    ['09', undefined],
    ['1.5', undefined],
  ])('%j gives %s', (text, value) => {
    expect(parseGoInt(text)).toBe(value);
  });
});

describe('parseGoAtoi', () => {
  test.each([
    ['12', 12],
    ['+3', 3],
    ['-4', -4],
    ['0x1', 'invalid syntax'],
    ['', 'invalid syntax'],
    ['99999999999999999999', 'value out of range'],
  ])('%j gives %s', (text, value) => {
    expect(parseGoAtoi(text)).toBe(value);
  });
});
