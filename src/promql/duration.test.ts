// Durations, read and written as Prometheus does.
import { describe, expect, test } from 'vitest';
import { formatDuration, parseDuration } from './duration.ts';

describe('durations', () => {
  test.each([
    ['1h30m', 5_400_000],
    ['1y2w3d4h5m6s7ms', 31_536_000_000 + 1_209_600_000 + 273_906_007],
    ['90s', 90_000],
    ['0', 0],
    ['500ms', 500],
  ])('%s is %d ms', (text, durationMs) => {
    expect(parseDuration(text)).toBe(durationMs);
  });

  test.each([
    ['', 'empty duration string'],
    ['1', 'not a valid duration string: "1"'],
    ['m', 'not a valid duration string: "m"'],
    ['1m1h', 'not a valid duration string: "1m1h"'],
    ['1s1s', 'not a valid duration string: "1s1s"'],
    ['-1m', 'not a valid duration string: "-1m"'],
    ['1x', 'unknown unit "x" in duration "1x"'],
    ['300y', 'duration out of range'],
  ])('%j is refused in the words of Prometheus', (text, problem) => {
    expect(parseDuration(text)).toBe(problem);
  });

  test.each([
    [0, '0s'],
    [5_400_000, '1h30m'],
    [604_800_000, '1w'],
    [691_200_000, '8d'],
    [31_536_000_000, '1y'],
    [1, '1ms'],
  ])('%d ms is printed as %s', (durationMs, text) => {
    expect(formatDuration(durationMs)).toBe(text);
  });
});
