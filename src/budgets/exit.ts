// Many verdicts → one exit code: a failure (1) outweighs missing data (3), which outweighs a pass (0). Warnings are fine.
import type { ExitCode } from '../errors/entry.ts';
import type { Verdict } from '../model/verdict.ts';

export interface VerdictSummary {
  readonly pass: number;
  readonly fail: number;
  readonly warn: number;
  readonly noData: number;
}

/** Counts verdicts, and says how `obs check` ends. */
export function summariseVerdicts(verdicts: readonly Verdict[]): { summary: VerdictSummary; exit: ExitCode } {
  const count = (name: Verdict['verdict']) => verdicts.filter((one) => one.verdict === name).length;
  const summary = { pass: count('pass'), fail: count('fail'), warn: count('warn'), noData: count('no_data') };
  return { summary, exit: summary.fail > 0 ? 1 : summary.noData > 0 ? 3 : 0 };
}
