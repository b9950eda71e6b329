// Runs become one, in time order, and equal times keep the order of their runs.
import { expect, it } from 'vitest';
import { mergeRuns } from './merge-runs.ts';

it.each([
  [[[1, 2, 3]]],
  [
    [
      [5, 6],
      [1, 2, 7],
    ],
  ],
  [[[5], [4], [3], [2], [1]]],
  [[[1, 3, 3], [3, 3], [0, 3], [2]]],
  [Array.from({ length: 33 }, (_, run) => Array.from({ length: run % 4 }, (_unused, i) => i * 7 + ((run * 5) % 11)))],
])('%j', async (given) => {
  const runs = given.filter((run) => run.length > 0);
  const starts = runs.map((_, i) => runs.slice(0, i).flat().length);
  const times = Float64Array.from(runs.flat());
  const values = times.map((_, i) => i);
  const expected = [...values].sort((a, b) => (times[a] ?? 0) - (times[b] ?? 0) || a - b);
  const pause = () => Promise.resolve();
  const merged = await mergeRuns(starts, { times: times.slice(), values: values.slice() }, pause);
  expect([...(merged.values ?? [])]).toEqual(expected);
  expect([...merged.times]).toEqual(expected.map((i) => times[i]));
  expect((await mergeRuns(starts, { times, values: undefined }, pause)).times).toEqual(merged.times);
}); // prettier-ignore
