// One way to ask a budget of a table of cases: the world, the verdict it must have.
import { expect } from 'vitest';
import { declareBudget } from '../../src/budgets/declared.ts';
import { evaluateBudget } from '../../src/budgets/evaluate/evaluate.ts';
import type { Selection } from '../../src/budgets/scope.ts';
import { makeRun, makeTableSource, nowMs, type World } from './table-source.ts';

export interface Case {
  readonly name: string;
  readonly budget: string;
  readonly world: World;
  readonly selection?: Selection;
  readonly verdict: 'pass' | 'fail' | 'no_data';
  readonly observed?: { value: number; unit: string } | null;
  readonly n?: number;
  readonly says?: RegExp;
}

export const nothing: World = { runs: [], journeys: [], spans: [] };
export const oneApp: World = { ...nothing, runs: [makeRun('r-1')] };
/** web booted twice, api once. */
export const twoApps: World = {
  ...nothing,
  runs: [
    makeRun('r-old', { startupMs: 5000 }),
    makeRun('r-1', { startedAtMs: 100, startupMs: 412 }),
    makeRun('r-2', { app: 'api', startedAtMs: 200, startupMs: 790 }),
  ],
};

/** Judges the budget of a case and holds the verdict against what the case expects. */
export async function checkCase({ budget, world, selection = { kind: 'latest' }, ...expected }: Case): Promise<void> {
  const declared = declareBudget({ text: budget, origin: { kind: 'argument', source: 'argument 1' } });
  const history = { runs: world.runs, journeys: world.journeys, selection, nowMs };
  const { verdict } = await evaluateBudget(declared, { source: makeTableSource(world), history });
  expect(verdict).toMatchObject({ verdict: expected.verdict });
  if (expected.observed !== undefined) expect(verdict.observed).toEqual(expected.observed);
  if (expected.n !== undefined) expect(verdict.n).toBe(expected.n);
  if (expected.says !== undefined) expect(verdict.reason).toMatch(expected.says);
}
