// Memory and processor time of a process tree.

import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { listTree } from './tree.ts';

export interface TreeUsage {
  readonly rssBytes: number;
  /** Processor time that the living processes have used since they began. */
  readonly cpuMs: number;
  readonly processes: number;
  /** Threads and open files; null where the system does not tell cheaply. */
  readonly threads: number | null;
  readonly openFiles: number | null;
}

/** USER_HZ is 100 on every Linux that Node runs on. */
const msPerTick = 10;
const pageBytes = 4096;

/** Usage of the tree below `pid`; undefined when it is gone. */
export function readUsage(pid: number): TreeUsage | undefined {
  const pids = listTree(pid);
  const parts = process.platform === 'linux' ? pids.flatMap(readLinuxUsage) : readUsageFromPs(pids);
  if (parts.length === 0) return undefined;
  const sum = (of: (part: Part) => number): number => parts.reduce((total, part) => total + of(part), 0);
  const sumKnown = (of: (part: Part) => number | null): number | null =>
    parts.some((part) => of(part) === null) ? null : sum((part) => of(part) ?? 0);
  return {
    rssBytes: sum((part) => part.rssBytes),
    cpuMs: sum((part) => part.cpuMs),
    processes: parts.length,
    threads: sumKnown((part) => part.threads),
    openFiles: sumKnown((part) => part.openFiles),
  };
}

type Part = Omit<TreeUsage, 'processes'>;

// proc(5): utime and stime are fields 14 and 15 of stat, num_threads is 20, rss in pages 24; the name in field 2 may hold
// anything.
function readLinuxUsage(pid: number): Part[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const cpuMs = (Number(fields[11]) + Number(fields[12])) * msPerTick;
    const rssBytes = Number(fields[21]) * pageBytes;
    return [{ cpuMs, rssBytes, threads: Number(fields[17]), openFiles: countOpenFiles(pid) }];
  } catch {
    return [];
  }
}

function countOpenFiles(pid: number): number | null {
  try {
    return readdirSync(`/proc/${pid}/fd`).length;
  } catch {
    return null; // of another user, such as what sudo starts
  }
}

function readUsageFromPs(pids: readonly number[]): Part[] {
  if (pids.length === 0) return [];
  const flags = ['-o', 'rss=,time=', '-p', pids.join(',')];
  const asked = spawnSync('ps', flags, { encoding: 'utf8', timeout: 3000 });
  return (asked.stdout ?? '').split('\n').flatMap((line) => {
    const [rss, time] = line.trim().split(/\s+/);
    return time === undefined
      ? []
      : [{ rssBytes: Number(rss) * 1024, cpuMs: parsePsTime(time), threads: null, openFiles: null }];
  });
}

/** `[[dd-]hh:]mm:ss[.cc]` as `ps -o time` prints it. */
function parsePsTime(text: string): number {
  const [clock = '', days = '0'] = text.split('-').reverse();
  const seconds = clock.split(':').reduce((total, part) => total * 60 + Number(part), 0);
  return (seconds + Number(days) * 86_400) * 1000;
}
