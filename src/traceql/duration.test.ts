// Durations as TraceQL writes them, in and out.
import { expect, test } from 'vitest';
import { formatGoDuration, parseGoDuration, parsePrometheusDuration, parseTraceqlDuration } from './duration.ts';

test.each([
  ['1ns', 1],
  ['10us', 1e4],
  ['10µs', 1e4],
  ['1.1ms', 1_100_000],
  ['1.5s', 1.5e9],
  ['.5s', 5e8],
  ['1m30s', 90e9],
  ['1h', 3600e9],
  ['1d', 86_400e9],
  ['1w', 604_800e9],
  ['1y2w', (365 + 14) * 86_400e9],
  ['0', 0],
  ['', undefined],
  ['5', undefined],
  ['1x', undefined],
  ['1s1h', 3601e9],
  ['300y', undefined],
])('%s is %d nanoseconds', (text, nanos) => {
  expect(parseTraceqlDuration(text)).toBe(nanos);
});

test('Go takes signs and fractions, Prometheus whole numbers in falling order', () => {
  expect(parseGoDuration('-1.5h')).toBe(-1.5 * 3600e9);
  expect(parseGoDuration('1d')).toBeUndefined();
  expect(parsePrometheusDuration('1s1h')).toBeUndefined();
  expect(parsePrometheusDuration('1h1s')).toBe(3601e9);
});

test.each([
  [0, '0s'],
  [1, '1ns'],
  [1500, '1.5µs'],
  [2_000_000, '2ms'],
  [1.5e9, '1.5s'],
  [90e9, '1m30s'],
  [3605e9, '1h0m5s'],
  [-1e9, '-1s'],
  [86_400e9, '24h0m0s'],
])('%d nanoseconds are written %s', (nanos, text) => {
  expect(formatGoDuration(nanos)).toBe(text);
});
