// What a window remembers from one step to the next, against looking at every sample anew.
import { expect, test } from 'vitest';
import { Annotations } from '../annotations.ts';
import { Labels } from '../labels.ts';
import { parsePromql } from '../parser.ts';
import { type RangeSeries, StepSeries } from '../values.ts';
import { RangeWindow } from './range-window.ts';

function makeWindow(values: readonly number[]): RangeWindow {
  const call = parsePromql('rate(m[5m])');
  if (call.type !== 'call') throw new Error('rate is a call');
  const window = new RangeWindow({ call, annotations: new Annotations(), rangeMs: 1, extension: undefined });
  const series: RangeSeries = {
    labels: Labels.empty,
    times: Float64Array.from(values, (_, i) => i),
    values: Float64Array.from(values),
    histogramTimes: [],
    histograms: [],
  };
  window.enter(series, new StepSeries(Labels.empty, 1));
  return window;
}

/** Windows that move on by different steps, some of them past everything that was seen. */
const windows: [number, number][] = [
  [0, 3],
  [0, 5],
  [2, 6],
  [5, 7],
  [9, 12],
  [9, 16],
  [14, 16],
];

test.each([
  ['rising', [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]],
  ['falling', [16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1]],
  ['with gaps of NaN', [NaN, 3, 3, NaN, 1, NaN, NaN, 9, 2, NaN, NaN, 4, 0, 4, NaN, NaN]],
  ['restarting', [5, 6, 1, 2, 0, 7, 7, 3, 9, 1, 1, 0, 4, 2, 8, 6]],
])('extremes and restarts of a series that is %s are those of each window alone', (_, values) => {
  const [high, low, counter] = [makeWindow(values), makeWindow(values), makeWindow(values)];
  for (const [from, to] of windows) {
    for (const window of [high, low, counter]) Object.assign(window, { from, to });
    const inside = values.slice(from, to);
    const numbers = inside.filter((value) => !Number.isNaN(value));
    const none = numbers.length === 0;
    expect(high.findExtreme(1)).toBe(none ? Number.NaN : Math.max(...numbers));
    expect(low.findExtreme(-1)).toBe(none ? Number.NaN : Math.min(...numbers));
    const lost = inside.reduce(
      (sum, value, i) => (value < (inside[i - 1] ?? value) ? sum + (inside[i - 1] ?? 0) : sum),
      0,
    );
    expect(counter.addRestarts(0)).toBe(lost);
  }
});
