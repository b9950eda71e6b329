// Statistics on values small enough to check by hand.
import { describe, expect, it } from 'vitest';
import { comparisons } from './language/ast.ts';
import { computeSpread, computeStatistic, findWorst, holds, minimumSamples, nearestRank } from './statistics.ts';

const upTo = (count: number) => Array.from({ length: count }, (_, at) => at + 1);

describe('nearest rank', () => {
  it.each([
    { values: [15, 20, 35, 40, 50], rank: 5, expected: 15 },
    { values: [15, 20, 35, 40, 50], rank: 30, expected: 20 },
    { values: [15, 20, 35, 40, 50], rank: 40, expected: 20 },
    { values: [15, 20, 35, 40, 50], rank: 50, expected: 35 },
    { values: [15, 20, 35, 40, 50], rank: 100, expected: 50 },
    { values: upTo(20), rank: 95, expected: 19 },
    { values: upTo(100), rank: 99, expected: 99 },
    // 0.999 × 1000 is more than 999 in floating point.
    { values: upTo(1000), rank: 99.9, expected: 999 },
    { values: [7], rank: 1, expected: 7 },
  ])('p$rank of $values.length values is $expected', ({ values, rank, expected }) => {
    expect(nearestRank(values, rank)).toBe(expected);
  });

  it.each([
    [50, 2],
    [75, 4],
    [90, 10],
    [95, 20],
    [99, 100],
    [99.9, 1000],
    [1, 2],
  ])('of p%d needs %d samples', (rank, needed) => {
    expect(minimumSamples(rank)).toBe(needed);
  });
});

describe('a statistic', () => {
  it.each([
    { statistic: { kind: 'max' }, expected: 9 },
    { statistic: { kind: 'min' }, expected: -1 },
    { statistic: { kind: 'avg' }, expected: 3 },
    { statistic: { kind: 'percentile', rank: 50 }, expected: 1 },
  ] as const)('$statistic.kind does not depend on order', ({ statistic, expected }) => {
    expect(computeStatistic(statistic, [9, -1, 3, 1])).toBe(expected);
  });

  it('of no values has no spread', () => {
    expect(computeSpread([])).toBeNull();
    expect(computeSpread([3, 1, 2])).toEqual({ min: 1, median: 2, max: 3 });
  });
});

describe('a comparison', () => {
  const table = {
    '<': [true, false, false],
    '<=': [true, true, false],
    '>': [false, false, true],
    '>=': [false, true, true],
    '==': [false, true, false],
    '!=': [true, false, true],
  };

  it.each(comparisons)('%s holds below, at and above the limit as it says', (comparison) => {
    expect([1, 2, 3].map((value) => holds(value, comparison, 2))).toEqual(table[comparison]);
  });

  it.each([
    { comparison: '<', worst: 9 },
    { comparison: '>=', worst: 1 },
    { comparison: '==', worst: 9 },
    { comparison: '!=', worst: 4 },
  ] as const)('$comparison is missed most by $worst', ({ comparison, worst }) => {
    const values = [4, 9, 1, 5];
    expect(values[findWorst(values, comparison, 4)]).toBe(worst);
  });

  it('is missed most by what is no number', () => {
    expect(findWorst([5, Number.NaN, 9], '<', 4)).toBe(1);
    expect(holds(Number.NaN, '<', 4)).toBe(false);
  });
});
