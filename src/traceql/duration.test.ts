// Durations as TraceQL writes them.
import { expect, test } from 'vitest';
import { parseTraceqlDuration } from './duration.ts';

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
