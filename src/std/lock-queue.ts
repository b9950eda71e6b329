// The order in which processes wait for a lock of file-lock.ts: one file per waiting process, named by the time it came.
// The queue only says how often to look: the first looks at once and often, the others seldom, so that fifty who wait do
// not take the processor from the one who holds. Whoever finds the lock free takes it, so a stopped first stops nobody.
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface QueuePlace {
  /** How long to wait before the next look, by the number of those who came before. */
  pauseMs(): number;
  /** Gives the place up. */
  leave(): void;
}

/** Pause of the first in the queue; each one behind it adds as much. */
const pauseStepMs = 3;
const longestPauseMs = 50;

/** Takes the last place of the queue in the lock's folder. */
export function joinQueue(folder: string): QueuePlace {
  // The monotonic clock is the same for all processes of a machine.
  const arrival = process.hrtime.bigint();
  const file = join(folder, `wait.${process.pid}.${arrival}`);
  writeFileSync(file, '', { mode: 0o600 });
  return {
    pauseMs: () => Math.min(longestPauseMs, pauseStepMs * (1 + countBefore(folder, arrival))) * (1 + Math.random() / 2),
    leave: () => rmSync(file, { force: true }),
  };
}

function countBefore(folder: string, arrival: bigint): number {
  return readdirSync(folder).filter((name) => {
    const other = /^wait\.\d+\.(\d+)$/.exec(name)?.[1];
    return other !== undefined && BigInt(other) < arrival;
  }).length;
}
