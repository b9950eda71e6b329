// Statistics on raw values. Percentiles are nearest rank (Wikipedia, "Percentile", the nearest-rank method): always a
// value that was measured, and one outlier in twenty does not move p95.
import type { Comparison, Statistic } from './language/ast.ts';

// 99.9 / 100 * 1000 is 999.0000000000001 in floating point; ranks are exact to far fewer digits than this.
const rankTolerance = 1e-9;

/** The value at rank ceil(rank/100 × n), counted from 1. @param sorted ascending, not empty @param rank between 0 and 100 */
export function nearestRank(sorted: readonly number[], rank: number): number {
  const index = Math.max(1, Math.ceil((rank * sorted.length) / 100 - rankTolerance)) - 1;
  const value = sorted[index];
  if (value === undefined) throw new Error(`no value at rank ${rank} of ${sorted.length} values`);
  return value;
}

/** How many samples a percentile needs so that its rank is not simply the maximum: 100/(100−rank), rounded up. */
export function minimumSamples(rank: number): number {
  return Math.ceil(100 / (100 - rank) - rankTolerance);
}

/** Computes max, min, avg or a percentile of measured values. @param values not empty */
export function computeStatistic(statistic: Statistic, values: readonly number[]): number {
  const sorted = sortAscending(values);
  switch (statistic.kind) {
    case 'percentile':
      return nearestRank(sorted, statistic.rank);
    case 'max':
      return nearestRank(sorted, 100);
    case 'min':
      return nearestRank(sorted, 0);
    case 'avg':
      return values.reduce((sum, value) => sum + value, 0) / values.length;
    case 'count':
    case 'rate':
      throw new Error(`${statistic.kind} is not a statistic of values but of their number`);
  }
}

export interface Spread {
  readonly min: number;
  readonly median: number;
  readonly max: number;
}

/** Smallest, middle (nearest rank) and largest value; null for none. */
export function computeSpread(values: readonly number[]): Spread | null {
  if (values.length === 0) return null;
  const sorted = sortAscending(values);
  return { min: nearestRank(sorted, 0), median: nearestRank(sorted, 50), max: nearestRank(sorted, 100) };
}

const comparators: Readonly<Record<Comparison, (value: number, limit: number) => boolean>> = {
  '<': (value, limit) => value < limit,
  '<=': (value, limit) => value <= limit,
  '>': (value, limit) => value > limit,
  '>=': (value, limit) => value >= limit,
  '==': (value, limit) => value === limit,
  '!=': (value, limit) => value !== limit,
};

/** Does `value cmp limit` hold? NaN holds nowhere but under `!=`. */
export function holds(value: number, comparison: Comparison, limit: number): boolean {
  return comparators[comparison](value, limit);
}

/** The index of the value that is furthest from satisfying the comparison. @param values not empty */
export function findWorst(values: readonly number[], comparison: Comparison, limit: number): number {
  let worst = 0;
  values.forEach((value, index) => {
    if (badness(value, comparison, limit) > badness(values[worst] ?? value, comparison, limit)) worst = index;
  });
  return worst;
}

function badness(value: number, comparison: Comparison, limit: number): number {
  if (Number.isNaN(value)) return comparison === '!=' ? -Infinity : Infinity;
  if (comparison === '<' || comparison === '<=') return value;
  if (comparison === '>' || comparison === '>=') return -value;
  return comparison === '==' ? Math.abs(value - limit) : -Math.abs(value - limit);
}

function sortAscending(values: readonly number[]): number[] {
  return [...values].sort((a, b) => a - b);
}
