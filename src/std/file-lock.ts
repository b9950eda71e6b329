// A lock between processes, made of files only, that survives the death of its holder.
//
// The lock is a folder of numbered files, one per holder: the highest number is the present holder, or a tombstone that
// says "free". A new holder links a complete file under the next number, which only one process can do, and the numbers
// never go down. So taking over from a dead holder needs no deletion, and two processes that both saw the dead one
// cannot both win, whatever the order in which they run.
import { linkSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readErrorCode } from './error-code.ts';
import { isRunning, type ProcessMark, readOwnMark } from './process-identity.ts';
import { sleep } from './sleep.ts';

export interface LockOptions {
  /** How long to wait for a living holder, in milliseconds. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

/** Thrown when a living process held the lock for longer than the time-out. */
export class LockTimeout extends Error {
  readonly holder: ProcessMark;

  constructor(folder: string, holder: ProcessMark) {
    super(`the lock ${folder} is held by process ${holder.pid}`);
    this.name = 'LockTimeout';
    this.holder = holder;
  }
}

const free = 'free';
const pollMs = 3;

/** Runs `action` while this process alone holds the lock `folder`. Keep the action short: others poll. */
export async function withFileLock<T>(folder: string, options: LockOptions, action: () => T | Promise<T>): Promise<T> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const number = await acquire(folder, options);
  try {
    return await action();
  } finally {
    release(folder, number);
  }
}

async function acquire(folder: string, options: LockOptions): Promise<number> {
  const deadline = performance.now() + options.timeoutMs;
  for (;;) {
    const taken = tryAcquire(folder);
    if (typeof taken === 'number') return taken;
    if (performance.now() >= deadline) throw new LockTimeout(folder, taken);
    await sleep(pollMs + Math.random() * pollMs, options.signal);
  }
}

/** The number now held, or the living process that holds the lock. */
function tryAcquire(folder: string): number | ProcessMark {
  for (;;) {
    const highest = findHighest(folder);
    const holder = highest === 0 ? undefined : readHolder(folder, highest);
    if (holder !== undefined) return holder;
    const mine = highest + 1;
    if (!linkNumber(folder, mine)) continue;
    // A look that was overtaken by two holders may link a number that is no longer the highest.
    if (findHighest(folder) === mine) {
      removeBelow(folder, mine);
      return mine;
    }
    rmSync(join(folder, String(mine)), { force: true });
  }
}

function findHighest(folder: string): number {
  return Math.max(0, ...listNumbers(folder));
}

function listNumbers(folder: string): number[] {
  return readdirSync(folder)
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

/** The living holder of a number; undefined for a tombstone, a dead holder, or a file that is gone again. */
function readHolder(folder: string, number: number): ProcessMark | undefined {
  try {
    const text = readFileSync(join(folder, String(number)), 'utf8');
    if (text === free) return undefined;
    // Only this file writes here, and a file is complete before its name exists.
    const mark = JSON.parse(text) as ProcessMark;
    return isRunning(mark) ? mark : undefined;
  } catch {
    return undefined;
  }
}

function linkNumber(folder: string, number: number): boolean {
  const own = readOwnMark();
  const draft = join(folder, `draft.${own.pid}.${number}`);
  writeFileSync(draft, JSON.stringify(own), { mode: 0o600 });
  try {
    linkSync(draft, join(folder, String(number)));
    return true;
  } catch (error) {
    if (readErrorCode(error) === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

function release(folder: string, number: number): void {
  const draft = join(folder, `draft.${process.pid}.${number}`);
  writeFileSync(draft, free, { mode: 0o600 });
  renameSync(draft, join(folder, String(number)));
}

// Drafts of killed processes go too; those of living ones are never older than the moment between write and link.
function removeBelow(folder: string, number: number): void {
  for (const name of readdirSync(folder)) {
    const pid = /^draft\.(\d+)\./.exec(name)?.[1];
    const isOld = pid === undefined ? Number(name) < number : !isAlive(Number(pid));
    if (isOld) rmSync(join(folder, name), { force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return readErrorCode(error) === 'EPERM';
  }
}
