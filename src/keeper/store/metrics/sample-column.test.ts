// The columns of one series: order, mixed kinds, reading, pruning.
import { describe, expect, test } from 'vitest';
import { emptyHistogram } from '../../../promql/histogram/float-histogram.ts';
import { Labels } from '../../../promql/labels.ts';
import { type NewSample, SampleColumn } from './sample-column.ts';
import { SampleRoom } from './sample-room.ts';

const float = (value: number): NewSample => ({ kind: 'float', value });
const histogram: NewSample = { kind: 'histogram', histogram: { ...emptyHistogram, count: 3 } };
const all = { startMs: Number.NEGATIVE_INFINITY, endMs: Number.POSITIVE_INFINITY };

function fill(times: readonly number[]): SampleColumn {
  const column = new SampleColumn(new SampleRoom());
  for (const timeMs of times) column.insert(timeMs, float(timeMs * 2));
  return column;
}

function timesIn(column: SampleColumn, startMs: number, endMs: number): number[] {
  return [...(column.read(Labels.empty, { startMs, endMs })?.times ?? [])];
}

describe('a column of samples', () => {
  test('keeps them by time, in whatever order they come', () => {
    const times = Array.from({ length: 100 }, (_, i) => (i * 37) % 100);
    const column = fill(times);
    const read = column.read(Labels.empty, all);
    const sorted = [...times].sort((a, b) => a - b);
    expect([...(read?.times ?? [])]).toEqual(sorted);
    expect([...(read?.values ?? [])]).toEqual(sorted.map((timeMs) => timeMs * 2));
  });

  test('keeps the first of two samples at one time', () => {
    const column = fill([1, 2, 3]);
    expect(column.insert(2, float(99))).toBe(false);
    expect(column.read(Labels.empty, all)?.values[1]).toBe(4);
  });

  test.each([
    [2, 4, [2, 3, 4]],
    [2.5, 3.5, [3]],
    [6, 9, []],
    [-5, 0, []],
    [4, 2, []],
  ])('read from %d to %d gives %j', (startMs, endMs, times) => {
    const column = fill([1, 2, 3, 4, 5]);
    expect(timesIn(column, startMs, endMs)).toEqual(times);
    expect(column.hasSampleIn({ startMs, endMs })).toBe(times.length > 0);
  });

  test('histograms and stale marks keep their places among floats', () => {
    const column = fill([1, 3, 5]);
    column.insert(4, { kind: 'stale' });
    column.insert(2, histogram);
    column.insert(6, histogram);
    const read = column.read(Labels.empty, all);
    expect([...(read?.kinds ?? [])]).toEqual([0, 2, 0, 1, 0, 2]);
    expect(read?.histograms?.map((one) => one?.count)).toEqual([undefined, 3, undefined, undefined, undefined, 3]);
    expect(column.histogramBefore(3)?.count).toBe(3);
    expect(column.histogramBefore(5)).toBeUndefined();
    expect(column.last).toEqual(histogram);
  });

  test('pruning drops the oldest and gives memory back', () => {
    const column = fill(Array.from({ length: 1000 }, (_, i) => i));
    const before = column.bytes;
    expect(column.pruneBefore(990)).toBe(990);
    expect(timesIn(column, 0, 2000)).toEqual([990, 991, 992, 993, 994, 995, 996, 997, 998, 999]);
    expect(column.bytes).toBeLessThan(before / 10);
    column.insert(1000, float(1));
    column.insert(989, float(2));
    expect([column.firstTimeMs, column.lastTimeMs, column.length]).toEqual([989, 1000, 12]);
  });

  test('an empty column has no ends', () => {
    const column = new SampleColumn(new SampleRoom());
    expect([column.last, column.firstTimeMs, column.lastTimeMs]).toEqual([
      undefined,
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
    ]);
  });
});
