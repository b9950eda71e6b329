// Reading JSON of unknown shape: what is there is taken, what is not becomes harmless.
import { describe, expect, it } from 'vitest';
import { asArray, asBigInt, asNumber, asRecord, asText, asTextRecord, asTexts } from './json-value.ts';

describe('a value of unknown shape', () => {
  it.each([
    { read: asRecord, value: { a: 1 }, expected: { a: 1 } },
    { read: asRecord, value: [1], expected: {} },
    { read: asRecord, value: null, expected: {} },
    { read: asArray, value: [1], expected: [1] },
    { read: asArray, value: { length: 1 }, expected: [] },
    { read: asText, value: 'a', expected: 'a' },
    { read: asText, value: 1.5, expected: '1.5' },
    { read: asText, value: { toString: 1 }, expected: '' },
    { read: asNumber, value: '1.5', expected: 1.5 },
    { read: asNumber, value: '+Inf', expected: Infinity },
    { read: asNumber, value: 'NaN', expected: Number.NaN },
    { read: asNumber, value: '', expected: 0 },
    { read: asNumber, value: 'x', expected: 0 },
    { read: asBigInt, value: '1767261600000000001', expected: 1767261600000000001n },
    { read: asBigInt, value: 1.5, expected: 0n },
    { read: asBigInt, value: '0x10', expected: 0n },
    { read: asTexts, value: ['a', 1, null], expected: ['a'] },
    { read: asTextRecord, value: { a: 1, b: null }, expected: { a: '1', b: '' } },
  ] as { read: (value: unknown) => unknown; value: unknown; expected: unknown }[])(
    '$read.name of $value is $expected',
    ({ read, value, expected }) => {
      expect(read(value)).toEqual(expected);
    },
  );
});
