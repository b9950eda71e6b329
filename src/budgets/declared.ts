// A budget as it was declared: its text, where it stands, its name and level.
import { quoteGoString } from '../std/go-string.ts';
import type { Budget } from './language/ast.ts';
import { parseBudget } from './language/parser.ts';
import type { BudgetOrigin } from './language/refuse.ts';
import { validateBudget } from './language/validate.ts';

export interface DeclaredBudget {
  readonly text: string;
  readonly name: string | null;
  /** `warn`: a failure is reported and does not change the exit code. */
  readonly level: 'fail' | 'warn';
  readonly origin: BudgetOrigin;
  readonly budget: Budget;
}

/** Parses and validates a declared budget. @throws ObsError OBS_BUDGET_…, QueryError for a query text inside */
export function declareBudget(of: {
  readonly text: string;
  readonly origin: BudgetOrigin;
  readonly name?: string | null;
  readonly level?: DeclaredBudget['level'];
}): DeclaredBudget {
  const { text, origin, name = null, level = 'fail' } = of;
  const budget = parseBudget(text, origin);
  validateBudget(budget, text, origin);
  return { text, name, level, origin, budget };
}

/**
 * The budgets among command line arguments. A shell splits `obs check startup under 800ms` into words: if none of them
 * is a budget by itself, they are one budget together.
 */
export function splitArguments(words: readonly string[]): readonly string[] {
  if (words.length < 2 || words.some(looksWhole)) return words;
  return [words.map((word) => (/\s/.test(word) ? quoteGoString(word) : word)).join(' ')];
}

function looksWhole(text: string): boolean {
  return /[<>]|[=!]=/.test(text) || /\s(?:under|above|exceeds|is|at most|at least)\s/.test(text);
}
