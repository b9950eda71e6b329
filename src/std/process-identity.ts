// Which process a pid means. Pids are re-used, so a process is known by pid, start time and boot id together; only then
// may it be signalled. Linux answers from /proc (nothing is spawned); other systems are asked through `ps` and `sysctl`.
import { spawnSync } from 'node:child_process';
import { readErrorCode } from './error-code.ts';
import { readTextIfThere } from './read-if-there.ts';

/** The same shape as in the state file (`model/process-identity.ts`), which this shelf may not import. */
export interface ProcessMark {
  readonly pid: number;
  readonly startTime: string;
  readonly bootId: string;
}

/** The mark of a running process; undefined if there is none with this pid, or only a zombie. */
export function readProcessMark(pid: number): ProcessMark | undefined {
  const startTime = readStartTime(pid);
  return startTime === undefined ? undefined : { pid, startTime, bootId: readBootId() };
}

/** The mark of this very process. */
export function readOwnMark(): ProcessMark {
  const mark = readProcessMark(process.pid);
  if (mark === undefined) throw new Error(`the system does not list this process (pid ${process.pid})`);
  return mark;
}

/** Whether the marked process still runs; a re-used pid or another boot of the machine is a no. */
export function isRunning(mark: ProcessMark): boolean {
  return readStartTime(mark.pid) === mark.startTime && readBootId() === mark.bootId;
}

/**
 * The start time in what a process wrote about itself: the line of its `/proc/PID/stat` on Linux, the output of
 * `ps -o lstart=` elsewhere; undefined for anything else.
 */
export function parseStartTime(text: string): string | undefined {
  const startTime = process.platform === 'linux' ? readStatFields(text)[1] : text.trim();
  return startTime === '' ? undefined : startTime;
}

/** The command line of a process as one text, at most 300 characters; undefined if it cannot be read. */
export function readCommandLine(pid: number): string | undefined {
  const text = process.platform === 'linux' ? readLinuxCommandLine(pid) : runPs(pid, 'command=');
  return text === undefined || text === '' ? undefined : text.slice(0, 300);
}

/** Changes with each boot of the machine; empty where the system tells none. */
export function readBootId(): string {
  if (process.platform === 'linux') return readTextIfThere('/proc/sys/kernel/random/boot_id')?.trim() ?? '';
  const asked = spawnSync('sysctl', ['-n', 'kern.bootsessionuuid'], { encoding: 'utf8', timeout: 2000 });
  return asked.status === 0 ? asked.stdout.trim() : '';
}

function readStartTime(pid: number): string | undefined {
  if (process.platform === 'linux') return readLinuxStartTime(pid);
  return isPidInUse(pid) ? readStartTimeFromPs(pid) : undefined;
}

// Spares a `ps` for each look at a process that is gone.
function isPidInUse(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return readErrorCode(error) === 'EPERM';
  }
}

function readLinuxStartTime(pid: number): string | undefined {
  const stat = readTextIfThere(`/proc/${pid}/stat`);
  if (stat === undefined) return undefined;
  const [state, startTime] = readStatFields(stat);
  return state === 'Z' || state === 'X' ? undefined : startTime;
}

// Field 2 is the command in parentheses and may itself hold blanks and parentheses; field 3 follows the last one.
function readStatFields(stat: string): [state: string | undefined, startTime: string | undefined] {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return [fields[0], fields[19]];
}

function readLinuxCommandLine(pid: number): string | undefined {
  return readTextIfThere(`/proc/${pid}/cmdline`)?.split('\0').join(' ').trim();
}

function readStartTimeFromPs(pid: number): string | undefined {
  const state = runPs(pid, 'state=');
  return state === undefined || state.startsWith('Z') ? undefined : runPs(pid, 'lstart=');
}

function runPs(pid: number, column: string): string | undefined {
  const env = { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' };
  const asked = spawnSync('ps', ['-o', column, '-p', String(pid)], { encoding: 'utf8', timeout: 2000, env });
  const text = asked.status === 0 ? asked.stdout.trim() : '';
  return text === '' ? undefined : text;
}
