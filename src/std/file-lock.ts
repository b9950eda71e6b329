// A lock between processes, made of files only, that survives the death of its holder.
//
// The lock is a folder of numbered files, one per holder: the highest number is the present holder, or a tombstone that
// says "free". A new holder links a complete file under the next number, which only one process can do, and the numbers
// never go down. So taking over from a dead holder needs no deletion, and two processes that both saw the dead one
// cannot both win, whatever the order in which they run.
import { linkSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readErrorCode } from './error-code.ts';
import { joinQueue, type QueuePlace } from './lock-queue.ts';
import { isRunning, type ProcessMark, readOwnMark } from './process-identity.ts';
import { sleep } from './sleep.ts';

export interface LockOptions {
  /**
   * How long one and the same holder may hold the lock before those who wait give up, in milliseconds. A queue that
   * moves is waited for without limit: a holder after the other is no sign of trouble.
   */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

/** Thrown when a living process held the lock without a break for longer than the time-out. */
export class LockTimeout extends Error {
  readonly holder: ProcessMark;

  constructor(folder: string, holder: ProcessMark) {
    super(`the lock ${folder} is held by process ${holder.pid}`);
    this.name = 'LockTimeout';
    this.holder = holder;
  }
}

/** A hold by a living process, this one or another. */
interface Hold {
  readonly number: number;
  readonly holder: ProcessMark;
}

const free = 'free';
/** What one pause counts at most: of a longer one this process itself was kept from running, which proves nothing. */
const maxCountedMs = 100;

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
  const first = tryAcquire(folder);
  if (typeof first === 'number') return first;
  const place = joinQueue(folder);
  try {
    return await waitForLock(first, { folder, place, options });
  } finally {
    place.leave();
  }
}

interface Waiting {
  readonly folder: string;
  readonly place: QueuePlace;
  readonly options: LockOptions;
}

async function waitForLock(first: Hold, { folder, place, options }: Waiting): Promise<number> {
  let seen = first;
  let heldMs = 0;
  for (;;) {
    const begin = performance.now();
    await sleep(place.pauseMs(), options.signal);
    const taken = tryAcquire(folder);
    if (typeof taken === 'number') return taken;
    const isSameHold = taken.number === seen.number;
    heldMs = isSameHold ? heldMs + Math.min(performance.now() - begin, maxCountedMs) : 0;
    if (heldMs >= options.timeoutMs) throw new LockTimeout(folder, taken.holder);
    seen = taken;
  }
}

/** The number now held by this process, or the hold of a living process. */
function tryAcquire(folder: string): number | Hold {
  for (;;) {
    const highest = findHighest(folder);
    const holder = highest === 0 ? undefined : readHolder(folder, highest);
    if (holder !== undefined) return { number: highest, holder };
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

// Drafts and places in the queue that killed processes left go too; living ones remove their own.
function removeBelow(folder: string, number: number): void {
  for (const name of readdirSync(folder)) {
    const pid = /^(?:draft|wait)\.(\d+)\./.exec(name)?.[1];
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
