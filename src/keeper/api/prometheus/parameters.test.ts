// Parameters of the API against the readings and refusals of Prometheus.
import { describe, expect, test } from 'vitest';
import {
  applyLimit,
  parseDurationParameter,
  parseLimit,
  parseMatchers,
  parseOptionalTime,
  parseTime,
  parseTimeRange,
} from './parameters.ts';
import { unescapeLabelName } from './unescape-name.ts';

const query = (text: string) => new URLSearchParams(text);

describe('times', () => {
  test.each([
    ['0', 0],
    ['1435781451.7814', 1_435_781_451_781],
    ['-1.5', -1500],
    ['2015-07-01T20:10:51.781Z', 1_435_781_451_781],
    ['2015-07-01T22:10:51.781+02:00', 1_435_781_451_781],
  ])('%s is %d', (text, timeMs) => {
    expect(parseTime(text)).toBe(timeMs);
  });

  test.each(['', 'now', '2015-07-01', 'NaN', '1h', '2015-07-01T25:00:00Z'])('%j is refused', (text) => {
    expect(() => parseTime(text)).toThrow(`cannot parse ${JSON.stringify(text)} to a valid timestamp`);
  });

  test('that are left out take the default', () => {
    expect(parseOptionalTime(query(''), 'time', 7)).toBe(7);
    expect(parseTimeRange(query('start=1'))).toEqual({ startMs: 1000, endMs: Number.POSITIVE_INFINITY });
  });

  test('that are wrong name their parameter', () => {
    expect(() => parseOptionalTime(query('time=x'), 'time', 0)).toThrow(
      `invalid parameter "time": invalid time value for 'time': cannot parse "x" to a valid timestamp`,
    );
  });
});

describe('durations', () => {
  test.each([
    ['15', 15_000],
    ['1m30s', 90_000],
    ['0.5', 500],
  ])('%s is %d ms', (text, durationMs) => {
    expect(parseDurationParameter(text)).toBe(durationMs);
  });

  test.each([
    ['x', 'cannot parse "x" to a valid duration'],
    ['1e20', 'cannot parse "1e20" to a valid duration. It overflows int64'],
  ])('%s is refused', (text, message) => {
    expect(() => parseDurationParameter(text)).toThrow(message);
  });
});

describe('limits', () => {
  test.each([
    ['', 0],
    ['limit=5', 5],
  ])('%j means %d', (text, limit) => {
    expect(parseLimit(query(text))).toBe(limit);
  });

  test.each([
    ['limit=-1', 'invalid parameter "limit": limit must be non-negative'],
    ['limit=x', 'invalid parameter "limit": strconv.Atoi: parsing "x": invalid syntax'],
  ])('%j is refused', (text, message) => {
    expect(() => parseLimit(query(text))).toThrow(message);
  });

  test('cut a list and say so', () => {
    expect(applyLimit([1, 2, 3], 2)).toEqual({ items: [1, 2], warnings: ['results truncated due to limit'] });
    expect(applyLimit([1, 2], 2)).toEqual({ items: [1, 2], warnings: [] });
  });
});

test('a selector that excludes nothing is refused', () => {
  expect(parseMatchers(query('match[]=up&match[]={job="a"}'))).toHaveLength(2);
  expect(() => parseMatchers(query('match[]={job=~".*"}'))).toThrow('at least one non-empty matcher');
});

test.each([
  ['job', 'job'],
  ['U__http_2e_route', 'http.route'],
  ['U__a__b', 'a_b'],
  ['U__bad_zz_', 'U__bad_zz_'],
])('the name %s in a path is %s', (escaped, name) => {
  expect(unescapeLabelName(escaped)).toBe(name);
});
