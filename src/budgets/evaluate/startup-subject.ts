// Budgets over startup: spawn to ready, as the supervisor of the app measured it.
import type { RunRecord } from '../../model/run.ts';
import type { Culprit } from '../../model/verdict.ts';
import { countOf } from '../../std/plural.ts';
import type { Scope, Statistic } from '../language/ast.ts';
import { formatQuantity } from '../language/units.ts';
import { selectRuns } from '../scope.ts';
import { judgeNumber, judgeValues } from './judge.ts';
import { lacking, type Part, type Question } from './part.ts';
import { describeNoRun, describeShortRuns, isShortOfRuns } from './span-groups.ts';

/** `startup < 800ms`, `p50(startup of web) < 800ms over 5 runs`. */
export async function judgeStartup(question: Question, statistic: Statistic | null, scope: Scope): Promise<Part[]> {
  const { history, budget } = question;
  const apps = selectRuns(history, scope.app, budget.over);
  if (apps.length === 0)
    return [lacking('base', { label: scope.app ?? '', reason: describeNoRun(history, scope.app) })];
  return Promise.all(
    apps.map(async ({ app: label, runs }) => {
      if (isShortOfRuns(budget.over, runs))
        return lacking('values', { label, reason: describeShortRuns(budget.over, runs) });
      const measured = runs.filter((run) => run.startupMs !== null);
      if (statistic?.kind === 'count') return judgeCount(question, label, measured);
      const unready = runs.find((run) => run.startupMs === null);
      if (unready !== undefined)
        return lacking(unready.endedAtMs === null ? 'base' : 'values', { label, reason: describeUnready(unready) });
      const query = `{ name = "app.startup" && resource.obs.run.id =~ "${runs.map((run) => run.runId).join('|')}" }`;
      const values = measured.map((run) => ({
        value: run.startupMs ?? 0,
        atMs: run.startedAtMs,
        accuse: () => accuseRun(run),
      }));
      return judgeValues(budget, statistic, { label, noun: 'boot', query, values });
    }),
  );
}

function judgeCount({ budget }: Question, label: string, runs: readonly RunRecord[]): Part {
  const reason = countOf(runs.length, 'boot');
  return judgeNumber(budget, {
    label,
    value: runs.length,
    n: runs.length,
    query: null,
    reason,
    unit: 'boots',
    culprits: [],
  });
}

function describeUnready(run: RunRecord): string {
  if (run.endedAtMs === null) return `run ${run.runId} is not ready yet`;
  const how = run.signal === null ? `exit code ${run.exitCode}` : run.signal;
  return `run ${run.runId} ended before it was ready (${how})`;
}

function accuseRun(run: RunRecord): Culprit {
  const slowest = [...run.phases].sort((a, b) => b.endMs - b.startMs - (a.endMs - a.startMs))[0];
  const total = formatQuantity({ value: run.startupMs ?? 0, unit: 'ms' });
  const phase =
    slowest &&
    `; slowest phase: ${slowest.name}, ${formatQuantity({ value: slowest.endMs - slowest.startMs, unit: 'ms' })}`;
  return {
    traceId: null,
    spanId: null,
    line: `${run.app} (${run.service}) took ${total} to be ready in run ${run.runId}${phase ?? ''}`,
  };
}
