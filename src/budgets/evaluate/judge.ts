// From measured values to the answer of one part: `over N`, the statistic, the comparison, the worst offenders.
import type { Culprit } from '../../model/verdict.ts';
import { countOf, isOrAre } from '../../std/plural.ts';
import type { Budget, Quantity, Statistic } from '../language/ast.ts';
import { printStatistic } from '../language/print.ts';
import { formatQuantity, fromBase, toBase } from '../language/units.ts';
import { computeSpread, computeStatistic, findWorst, holds, minimumSamples } from '../statistics.ts';
import { lacking, type Part } from './part.ts';

/** One measured value in the base unit (milliseconds, bytes, a share, a number), and how to name it if it is guilty. */
export interface Measured {
  readonly value: number;
  readonly atMs: number;
  readonly accuse?: () => Promise<Culprit> | Culprit;
}

export interface Measurement {
  readonly label: string;
  /** What is measured: `span`, `boot`. */
  readonly noun: string;
  readonly query: string | null;
  readonly values: readonly Measured[];
  /** Writes a value in the unit of the limit. Default: base unit → unit of the limit. */
  readonly say?: (value: number) => Quantity;
}

const maxCulprits = 5;
/** Each costs the reading of a trace, and ancestors of one slow span all lead to the same one. */
const maxAccusations = 20;

/** The limit as a number in the base unit. Only called once baselines were answered. */
export function limitOf(budget: Budget): number {
  if (budget.limit.kind !== 'quantity') throw new Error('a baseline has no number of its own');
  return toBase(budget.limit.quantity);
}

/** The unit that the budget's author wrote; '' if none. */
export function unitOf(budget: Budget): string {
  return budget.limit.kind === 'quantity' ? budget.limit.quantity.unit : '';
}

/** Judges a statistic of values, or without one every value. */
export async function judgeValues(budget: Budget, statistic: Statistic | null, of: Measurement): Promise<Part> {
  const values = takeLatest(budget, of.values);
  const { label, noun, query } = of;
  const short = findShortage(budget, values.length, noun);
  if (short !== null) return lacking('values', { label, query, n: values.length, reason: short });
  if (values.length === 0) return lacking('values', { label, query, reason: `there is no ${noun} to measure` });
  if (statistic?.kind === 'percentile') {
    const needed = minimumSamples(statistic.rank);
    const reason = `${printStatistic(statistic)} needs at least ${countOf(needed, noun)}, there ${isOrAre(values.length)} ${values.length}`;
    if (values.length < needed) return lacking('values', { label, query, n: values.length, reason });
  }
  const numbers = values.map((one) => one.value);
  const limit = limitOf(budget);
  const observed =
    statistic === null
      ? (numbers[findWorst(numbers, budget.comparison, limit)] ?? 0)
      : computeStatistic(statistic, numbers);
  const name = `${nameStatistic(statistic, values.length)}${countOf(values.length, noun)}`;
  return concludePart(budget, { ...of, values, observed, name });
}

function nameStatistic(statistic: Statistic | null, count: number): string {
  if (statistic !== null) return `${printStatistic(statistic)} of `;
  return count === 1 ? '' : 'worst of ';
}

interface Conclusion extends Measurement {
  readonly observed: number;
  readonly name: string;
}

async function concludePart(budget: Budget, of: Conclusion): Promise<Part> {
  const limit = limitOf(budget);
  const say = of.say ?? ((value: number) => fromBase(value, unitOf(budget)));
  const passed = holds(of.observed, budget.comparison, limit);
  const guilty = passed ? [] : of.values.filter((one) => !holds(one.value, budget.comparison, limit));
  return {
    label: of.label,
    outcome: passed ? 'pass' : 'fail',
    observed: say(of.observed),
    n: of.values.length,
    spread: spreadOf(of.values, say),
    culprits: await accuseWorst(budget, guilty),
    query: of.query,
    reason: `${of.name}: ${formatQuantity(say(of.observed))}`,
  };
}

/** Judges a single number: a count, a rate, a share. */
export function judgeNumber(
  budget: Budget,
  of: {
    readonly label: string;
    readonly value: number;
    readonly n: number;
    readonly query: string | null;
    readonly reason: string;
    readonly unit: string;
    readonly culprits: readonly Culprit[];
  },
): Part {
  const passed = holds(of.value, budget.comparison, limitOf(budget));
  return {
    label: of.label,
    outcome: passed ? 'pass' : 'fail',
    observed: of.unit === '%' ? fromBase(of.value, '%') : { value: of.value, unit: of.unit },
    n: of.n,
    spread: null,
    culprits: passed ? [] : of.culprits,
    query: of.query,
    reason: of.reason,
  };
}

/** `over N samples`: the latest N of the values; all of them without it. */
export function takeLatest<T extends { readonly atMs: number }>(budget: Budget, values: readonly T[]): readonly T[] {
  if (budget.over?.of !== 'samples') return values;
  return [...values].sort((a, b) => a.atMs - b.atMs).slice(-budget.over.count);
}

/** Why `over N samples` is not met; null if it is. */
export function findShortage(budget: Budget, count: number, noun: string): string | null {
  if (budget.over?.of !== 'samples' || count >= budget.over.count) return null;
  return `it asks for ${countOf(budget.over.count, 'sample')}, there ${isOrAre(count)} ${countOf(count, noun)}`;
}

/** Names the values furthest beyond the limit, worst first. */
export async function accuseWorst(budget: Budget, guilty: readonly Measured[]): Promise<Culprit[]> {
  const limit = limitOf(budget);
  const rest = guilty.filter((one) => one.accuse !== undefined);
  const culprits: Culprit[] = [];
  for (let tried = 0; rest.length > 0 && culprits.length < maxCulprits && tried < maxAccusations; tried++) {
    const worst = findWorst(
      rest.map((one) => one.value),
      budget.comparison,
      limit,
    );
    const [one] = rest.splice(worst, 1);
    const culprit = await one?.accuse?.();
    if (culprit !== undefined && !culprits.some((other) => isSame(other, culprit))) culprits.push(culprit);
  }
  return culprits;
}

function isSame(a: Culprit, b: Culprit): boolean {
  return a.spanId === null ? a.line === b.line : a.spanId === b.spanId && a.traceId === b.traceId;
}

function spreadOf(values: readonly Measured[], say: (value: number) => Quantity): Part['spread'] {
  const spread = computeSpread(values.map((one) => one.value));
  return spread && { min: say(spread.min).value, median: say(spread.median).value, max: say(spread.max).value };
}
