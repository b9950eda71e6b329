// Ending apps that run in this worktree: which of them still live, and how each is brought to its end.
import type { RunRecord } from '../../model/run.ts';
import { endProcess } from '../../std/end-process.ts';
import { isRunning } from '../../std/process-identity.ts';

/** A supervisor gives the app its time, then flushes; only a supervisor that hangs is killed. */
const supervisorGraceMs = 20_000;
const appGraceMs = 5000;

/** Whether the app of a run, or whoever supervises it, is still there. */
export function isAlive(run: RunRecord): boolean {
  return isRunning(run.supervisor) || (run.process !== null && isRunning(run.process));
}

/** Ends the runs one after the other; `runs` is in boot order, and apps end before those they need. */
export async function endRuns(runs: readonly RunRecord[]): Promise<void> {
  for (const run of [...runs].reverse()) {
    await endProcess(run.supervisor, { graceMs: supervisorGraceMs });
    // Left over only when its supervisor was killed.
    if (run.process !== null) await endProcess(run.process, { graceMs: appGraceMs, wholeGroup: true });
  }
}
