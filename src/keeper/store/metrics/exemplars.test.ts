// The list of exemplars of one series: order, duplicates, bound.
import { expect, test } from 'vitest';
import { Labels } from '../../../promql/labels.ts';
import { addExemplar, type Exemplar, pruneExemplars } from './exemplars.ts';

const make = (timeMs: number, value = 1, id = 'a'): Exemplar => ({
  labels: Labels.from([['trace_id', id]]),
  value,
  timeMs,
});

test('exemplars are kept by time, each once', () => {
  const list: Exemplar[] = [];
  for (const one of [make(3), make(1), make(2), make(1), make(1, 2), make(1, 1, 'b')]) addExemplar(list, one);
  expect(list.map(({ timeMs, value, labels }) => [timeMs, value, labels.get('trace_id')])).toEqual([
    [1, 1, 'a'],
    [1, 1, 'b'],
    [1, 2, 'a'],
    [2, 1, 'a'],
    [3, 1, 'a'],
  ]);
});

test('the oldest of too many go', () => {
  const list: Exemplar[] = [];
  for (let i = 0; i < 250; i++) addExemplar(list, make(i));
  expect([list.length, list[0]?.timeMs]).toEqual([200, 50]);
});

test.each([
  [0, [1, 2, 3]],
  [2, [2, 3]],
  [4, []],
])('pruning before %i leaves %j', (beforeMs, left) => {
  const list = [make(1), make(2), make(3)];
  pruneExemplars(list, beforeMs);
  expect(list.map(({ timeMs }) => timeMs)).toEqual(left);
});
