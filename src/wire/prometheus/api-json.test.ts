// API JSON as it is written, against the documented format.
import { expect, test } from 'vitest';
import { encodeFloatPoint, encodeHistogram, encodeSuccess, encodeTime } from './api-json.ts';

test.each([
  [1_435_781_451_781, '1435781451.781'],
  [1_000, '1'],
  [-500, '-0.5'],
])('%d ms are %s seconds', (timeMs, text) => {
  expect(encodeTime(timeMs)).toBe(text);
});

test('a sample is its time and, as a text, its value', () => {
  expect(encodeFloatPoint(1500, Number.POSITIVE_INFINITY)).toBe('[1.5,"+Inf"]');
});

test('a histogram lists its buckets with the rule for their ends, and no empty ones', () => {
  const bucket = { lower: 0, upper: 1, lowerInclusive: false, upperInclusive: true, count: 2 };
  const buckets = [
    bucket,
    { ...bucket, lowerInclusive: true, count: 1 },
    { ...bucket, lowerInclusive: true, upperInclusive: false, count: 1 },
    { ...bucket, upperInclusive: false, count: 1 },
    { ...bucket, count: 0 },
  ];
  expect(JSON.parse(encodeHistogram({ count: 5, sum: 2.5, buckets }))).toEqual({
    count: '5',
    sum: '2.5',
    buckets: [
      [0, '0', '1', '2'],
      [3, '0', '1', '1'],
      [1, '0', '1', '1'],
      [2, '0', '1', '1'],
    ],
  });
});

test('notes appear only if there are any', () => {
  expect(encodeSuccess('[]')).toBe('{"status":"success","data":[]}');
  expect(JSON.parse(encodeSuccess('1', { warnings: ['w'], infos: ['i'] }))).toEqual({
    status: 'success',
    data: 1,
    warnings: ['w'],
    infos: ['i'],
  });
});
