// One budget of obs.yaml: a line of the budget language, alone or with a name and a level. The language itself is parsed
// in budgets/, which knows more than this shelf may.
import { z } from 'zod';

export const budgetLevels = ['fail', 'warn'] as const;

export interface BudgetConfig {
  /** Its name; null when the line speaks for itself. */
  readonly name: string | null;
  readonly assert: string;
  readonly level: (typeof budgetLevels)[number];
}

const budgetSchema = z
  .union([
    z.string().min(1),
    z.strictObject({
      name: z.string().min(1).optional().describe('shown instead of the line'),
      assert: z.string().min(1).describe('a line of the budget language'),
      level: z.enum(budgetLevels).default('fail').describe('warn: reported, but exit code 0'),
    }),
  ])
  .transform((value): BudgetConfig => {
    if (typeof value === 'string') return { name: null, assert: value, level: 'fail' };
    return { name: value.name ?? null, assert: value.assert, level: value.level };
  });

export const budgetsSchema = z.array(budgetSchema).default([]).describe('limits, one line each');
