// Ending a process for good: a polite signal, then SIGKILL. Only ever the process that is meant.
import { readErrorCode } from './error-code.ts';
import { isRunning, type ProcessMark } from './process-identity.ts';
import { sleep } from './sleep.ts';

export interface EndOptions {
  /** How long SIGTERM may take before SIGKILL follows. */
  readonly graceMs: number;
  /** Also signal the process group that the process leads. */
  readonly wholeGroup?: boolean;
}

export type EndOutcome = 'gone already' | 'ended' | 'killed' | 'still there';

const pollMs = 5;
/** SIGKILL takes effect at once, except for a process in uninterruptible sleep. */
const killWaitMs = 1000;

/** Ends the marked process with SIGKILL at once: it gets no chance to write anything more. */
export async function killProcess(
  mark: ProcessMark,
  options: Pick<EndOptions, 'wholeGroup'> = {},
): Promise<EndOutcome> {
  if (!isRunning(mark)) return 'gone already';
  sendSignal(mark, 'SIGKILL', options);
  return (await waitUntilGone(mark, killWaitMs)) ? 'killed' : 'still there';
}

/** Ends the marked process, and says how it went; a process with the same pid but another mark is left alone. */
export async function endProcess(mark: ProcessMark, options: EndOptions): Promise<EndOutcome> {
  if (!isRunning(mark)) return 'gone already';
  sendSignal(mark, 'SIGTERM', options);
  if (await waitUntilGone(mark, options.graceMs)) return 'ended';
  sendSignal(mark, 'SIGKILL', options);
  return (await waitUntilGone(mark, killWaitMs)) ? 'killed' : 'still there';
}

/** Waits until the marked process is gone; false if it still runs after `timeoutMs`. */
export async function waitUntilGone(mark: ProcessMark, timeoutMs: number): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  while (isRunning(mark)) {
    if (performance.now() >= deadline) return false;
    await sleep(pollMs);
  }
  return true;
}

/** Sends a signal to the marked process if it still runs; ESRCH between look and kill is no error. */
export function sendSignal(mark: ProcessMark, signal: NodeJS.Signals, options: Pick<EndOptions, 'wholeGroup'>): void {
  if (!isRunning(mark)) return;
  for (const target of options.wholeGroup ? [-mark.pid, mark.pid] : [mark.pid]) {
    try {
      process.kill(target, signal);
    } catch (error) {
      // ESRCH: it ended meanwhile, or leads no group.
      if (readErrorCode(error) !== 'ESRCH') throw error;
    }
  }
}
