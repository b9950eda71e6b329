// What the tree looks like right before it runs: durations computed, start() and end() known, fixed parts marked.
import { describe, expect, test } from 'vitest';
import type { Expr } from './ast.ts';
import { parsePromql } from './parser.ts';
import { prepareExpr } from './prepare.ts';

const times = { startMs: 60_000, endMs: 600_000, stepMs: 30_000 };
const prepare = (query: string): Expr => prepareExpr(parsePromql(query), times);

describe('durations', () => {
  test.each([
    ['m[5m * 2]', 600_000],
    ['m[step()]', 30_000],
    ['m[range()]', 540_000],
    ['m[max_of(step(), 1m)]', 60_000],
    ['m[-(1m - 2m)]', 60_000],
    ['m[90]', 90_000],
  ])('%s is %d ms', (query, rangeMs) => {
    expect(prepare(query)).toMatchObject({ rangeMs });
  });

  test('of offsets may be negative, those of ranges may not', () => {
    expect(prepare('m offset (1m - 2m)')).toMatchObject({ offsetMs: -60_000 });
    expect(() => prepare('m[1m - 2m]')).toThrow('duration must be greater than 0');
    expect(() => prepare('m[step() - step()]')).toThrow('duration must be greater than 0');
  });
});

describe('what is the same at every step is evaluated once', () => {
  test.each([
    ['m @ 60', 'stepInvariant'],
    ['m @ start()', 'stepInvariant'],
    ['sum(rate(m[5m] @ end()))', 'stepInvariant'],
    ['sum(m)', 'aggregation'],
    ['m @ 60 + m', 'binary'],
    ['time()', 'call'],
    ['1', 'number'],
  ])('%s is a %s', (query, type) => {
    expect(prepare(query).type).toBe(type);
  });

  test('also as one side of an operator', () => {
    expect(prepare('m @ end() + m')).toMatchObject({
      lhs: { type: 'stepInvariant', expr: { timestampMs: 600_000 } },
      rhs: { type: 'vectorSelector' },
    });
  });
});

test('the parsed tree stays as it was', () => {
  const tree = parsePromql('sum_over_time(m[5m*2] @ end())');
  const before = JSON.parse(JSON.stringify(tree)) as unknown;
  prepareExpr(tree, times);
  expect(JSON.parse(JSON.stringify(tree))).toEqual(before);
});
