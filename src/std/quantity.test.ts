// Durations and sizes as people write and read them.
import { expect, test } from 'vitest';
import { formatDurationMs, formatSizeBytes, parseDurationMs, parseSizeBytes } from './quantity.ts';

test.each([
  ['12h', 43_200_000],
  ['1m30s', 90_000],
  ['800ms', 800],
  ['1.5s', 1500],
  ['7d', 604_800_000],
  ['12', undefined],
  ['', undefined],
  ['-5s', undefined],
  ['5 s', undefined],
])('the duration %j is %j ms', (text, ms) => {
  expect(parseDurationMs(text)).toBe(ms);
});

test.each([
  [43_200_000, '12h'],
  [90_000, '90s'],
  [2500, '2.5s'],
  [1234.5, '1.234s'],
  [0, '0ms'],
])('%j ms are written %j', (ms, text) => {
  expect(formatDurationMs(ms)).toBe(text);
});

test.each([
  ['256MB', 256_000_000],
  ['1GiB', 1_073_741_824],
  ['512 kb', 512_000],
  ['10', undefined],
])('the size %j is %j bytes', (text, bytes) => {
  expect(parseSizeBytes(text)).toBe(bytes);
});

test.each([
  [0, '0 B'],
  [1234, '1.23 kB'],
  [256_000_000, '256 MB'],
])('%j bytes are written %j', (bytes, text) => {
  expect(formatSizeBytes(bytes)).toBe(text);
});
