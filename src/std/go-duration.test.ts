// Durations of both forms: read, refused in the library's words, and printed.
import { describe, expect, it } from 'vitest';
import { formatGoDuration, formatPrometheusDuration, parseGoDuration, parsePrometheusDuration } from './go-duration.ts';

describe('Prometheus durations', () => {
  it.each([
    ['5m', 300e9],
    ['1h30m', 5400e9],
    ['2w', 14 * 86400e9],
    ['250ms', 250e6],
    ['0', 0],
    ['0s', 0],
  ])('%s is read', (text, ns) => expect(parsePrometheusDuration(text)).toBe(ns));

  it.each([
    ['', 'empty duration string'],
    ['5', 'not a valid duration string: "5"'],
    ['-5m', 'not a valid duration string: "-5m"'],
    ['5m:1m', 'unknown unit "m:" in duration "5m:1m"'],
    ['1m1h', 'not a valid duration string: "1m1h"'],
    ['1000y', 'duration out of range'],
  ])('%j is refused in the words of Prometheus', (text, message) =>
    expect(() => parsePrometheusDuration(text)).toThrow(message),
  );

  it.each([
    [300e9, '5m'],
    [90e9, '1m30s'],
    [86400e9, '1d'],
    [90000e9, '25h'],
    [0, '0s'],
    [1.5e9, '1s500ms'],
  ])('%d ns prints as %s', (ns, text) => expect(formatPrometheusDuration(ns)).toBe(text));
});

describe('Go durations', () => {
  it.each([
    ['1.5s', 1.5e9],
    ['-2m', -120e9],
    ['250us', 250e3],
    ['3m2s', 182e9],
    ['1.1s', 1.1e9],
    ['.5s', 5e8],
    ['0', 0],
  ])('%s is read', (text, ns) => expect(parseGoDuration(text)).toBe(ns));

  it.each([
    ['', 'time: invalid duration ""'],
    ['oops', 'time: invalid duration "oops"'],
    ['5', 'time: missing unit in duration "5"'],
    ['5q', 'time: unknown unit "q" in duration "5q"'],
  ])('%j is refused in the words of Go', (text, message) => expect(() => parseGoDuration(text)).toThrow(message));

  it.each([
    [0, '0s'],
    [10e9, '10s'],
    [60e9, '1m0s'],
    [3600e9, '1h0m0s'],
    [1.5e6, '1.5ms'],
    [250e3, '250µs'],
    [7, '7ns'],
    [-90e9, '-1m30s'],
  ])('%d ns prints as %s', (ns, text) => expect(formatGoDuration(ns)).toBe(text));
});
