// What the evaluation of one budget works with: the question, and the answer for each app or journey it is asked of.
import type { Culprit } from '../../model/verdict.ts';
import type { Budget, Quantity } from '../language/ast.ts';
import type { History } from '../scope.ts';
import type { BudgetSource } from '../source.ts';
import type { Spread } from '../statistics.ts';

/** Everything that one evaluation reads. */
export interface Question {
  readonly budget: Budget;
  readonly source: BudgetSource;
  readonly history: History;
}

/**
 * Why there is no verdict: nothing arrived at all (`base`: waiting may help), the population is there but a statistic
 * has nothing to stand on (`values`), the answer is not whole (`cut`), or it is not built (`unsupported`).
 */
export type Lack = 'base' | 'values' | 'cut' | 'unsupported';

/** The answer for one app, one journey, or the whole. */
export interface Part {
  /** `web`, `journey checkout`; '' where there is only one. */
  readonly label: string;
  readonly outcome: 'pass' | 'fail' | Lack;
  /** In the unit of the limit. */
  readonly observed: Quantity | null;
  readonly n: number;
  /** In the unit of the limit. */
  readonly spread: Spread | null;
  readonly culprits: readonly Culprit[];
  readonly query: string | null;
  readonly reason: string;
}

/** A part without a verdict, and why. */
export function lacking(lack: Lack, of: { label: string; reason: string; query?: string | null; n?: number }): Part {
  const { label, reason, query = null, n = 0 } = of;
  return { label, outcome: lack, observed: null, n, spread: null, culprits: [], query, reason };
}
