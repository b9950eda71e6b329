// How busy the machine was with other things while an app booted: what was measured then may be slower than the app is.
import { cpus } from 'node:os';

export interface MachineWatch {
  /**
   * Share of all processor time since the watch began that went to others; null when too little time has passed to tell.
   * @param ownCpuMs what the app itself has used
   */
  readonly readOthersRatio: (ownCpuMs: number) => number | null;
}

/** The kernel counts in ticks of 10 ms, so a shorter look says nothing. */
const minimumMs = 50;

/** Begins to watch. */
export function watchMachine(readTimes: () => MachineTimes = readMachineTimes): MachineWatch {
  const before = readTimes();
  return {
    readOthersRatio: (ownCpuMs) => {
      const now = readTimes();
      const totalMs = now.totalMs - before.totalMs;
      if (totalMs < minimumMs) return null;
      const othersMs = now.busyMs - before.busyMs - ownCpuMs;
      return Math.min(1, Math.max(0, othersMs / totalMs));
    },
  };
}

/** Milliseconds, summed over all processors. */
export interface MachineTimes {
  readonly busyMs: number;
  readonly totalMs: number;
}

function readMachineTimes(): MachineTimes {
  let busyMs = 0;
  let idleMs = 0;
  for (const { times } of cpus()) {
    busyMs += times.user + times.nice + times.sys + times.irq;
    idleMs += times.idle;
  }
  return { busyMs, totalMs: busyMs + idleMs };
}
