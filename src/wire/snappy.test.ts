// Snappy blocks as the library writes them, and damaged ones.
import { compress } from 'snappyjs';
import { expect, test } from 'vitest';
import { MalformedSnappy, uncompressSnappy } from './snappy.ts';

const most = 1_000_000;

test.each([
  ['nothing', ''],
  ['a short text', 'abc'],
  ['a text that repeats itself', 'abcabcabc'.repeat(500)],
  ['one character many times', 'x'.repeat(100_000)],
  [
    'a text without repetitions',
    Array.from({ length: 70_000 }, (_, i) => String.fromCharCode(33 + ((i * i) % 90))).join(''),
  ],
])('%s comes back as it was', (_, text) => {
  expect(uncompressSnappy(compress(new Uint8Array(Buffer.from(text))), most).toString()).toBe(text);
});

test.each([
  ['no bytes at all', ''],
  ['a length that does not end', 'ffffffffff'],
  ['a literal that is longer than the block', '05fcffffffff61'],
  ['a literal of four length bytes with the highest bit', '9201fc00000080'],
  ['a copy of what is not there', '0409' + '01'],
  ['a copy without offset', '0400610100'],
  ['more than it says', '0108616263'],
  ['less than it says', '0508616263'],
  ['more than it may', '8080c000'],
])('%s is refused', (_, hex) => {
  expect(() => uncompressSnappy(Buffer.from(hex, 'hex'), most)).toThrow(MalformedSnappy);
});

test('a block on which the library loops for seconds is refused at once', () => {
  const found =
    'kgGwCigKDnthPSJiIiwgYz0iZCJ9EhYKBAgAEAUSBmEgbGluZRoGCgF4EgF5CigKmioADB+LCAD8EJJP2/q4BgUB0APj0uDiq060VUpS0o1ItlVKUaoVEuNi4WAQYBViS1TIycxLlWLjYqwQYqwEAMdDdEYqAAAA';
  expect(() => uncompressSnappy(Buffer.from(found, 'base64'), most)).toThrow(MalformedSnappy);
});
