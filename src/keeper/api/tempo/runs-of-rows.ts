// Which of a trace's rows the log holds side by side.
import type { LoggedRun } from '../../store/traces/logged-runs.ts';
import type { OpenTrace } from '../../store/traces/trace-store.ts';

/** The run whose last row is at this place of ascending rows, and whose others are before it: a filter may have left some out. */
export function findRun(trace: OpenTrace, rows: readonly number[], last: number): LoggedRun | undefined {
  const row = rows[last]!; // the caller's place
  const run = trace.runEndingWith(row);
  return run !== undefined && rows[last - run.spans + 1] === row - run.spans + 1 ? run : undefined;
}

/** All runs, by the place of their first row. */
export function listRuns(trace: OpenTrace, rows: readonly number[]): ReadonlyMap<number, LoggedRun> {
  const runs = new Map<number, LoggedRun>();
  for (let i = rows.length - 1; i >= 0; i--) {
    const run = findRun(trace, rows, i);
    if (run === undefined) continue;
    i -= run.spans - 1;
    runs.set(i, run);
  }
  return runs;
}
