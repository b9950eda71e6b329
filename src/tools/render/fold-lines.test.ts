// Folding keeps order, counts, and what did not fit.
import { expect, it } from 'vitest';
import { foldLines } from './fold-lines.ts';

const row = (second: number, line: string) => ({
  time: `12:00:0${second}`,
  service: 'web',
  level: 'info',
  line,
  traceId: null,
  spanId: null,
  labels: { at: String(second) },
});
const rows = [row(5, 'a'), row(4, 'b'), row(3, 'a'), row(2, 'c'), row(1, 'a')];

it('makes equal lines one row, at the place of the newest, with the time of the first', () => {
  const { rows: folded, taken } = foldLines(rows);
  expect(folded).toEqual([{ ...row(5, 'a'), count: 3, firstTime: '12:00:01' }, row(4, 'b'), row(2, 'c')]);
  expect(taken).toBe(5);
});

it('stops at the first new line that has no room', () => {
  let room = 2;
  const { rows: folded, taken } = foldLines(rows, () => room-- > 0);
  expect(folded.map(({ line, count }) => [line, count ?? 1])).toEqual([
    ['a', 2],
    ['b', 1],
  ]);
  expect(taken).toBe(3);
});

it('takes one row even if there is no room at all', () => {
  expect(foldLines(rows, () => false).taken).toBe(1);
});

it('does not fold lines of different services or levels', () => {
  expect(foldLines([row(2, 'a'), { ...row(1, 'a'), level: 'error' }]).rows).toHaveLength(2);
});
