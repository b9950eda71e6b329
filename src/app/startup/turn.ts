// Measured boots take turns on this machine: six apps that boot at once on two cores take three times as long each.
import { mkdirSync } from 'node:fs';
import { LockTimeout, withFileLock } from '../../std/file-lock.ts';

/** Longer than one boot takes; whoever hangs must not stop everybody. */
const turnTimeoutMs = 90_000;

export interface Turn {
  /** How long it was waited for. */
  readonly waitedMs: number;
  readonly end: () => void;
}

/** Waits for this boot's turn; once another boot has had the turn for 90 s, it goes ahead all the same. */
export async function takeTurn(lockFolder: string, signal: AbortSignal): Promise<Turn> {
  mkdirSync(lockFolder, { recursive: true, mode: 0o700 });
  const beganAtMs = performance.now();
  return new Promise((resolve, reject) => {
    const hold = (): Promise<void> => new Promise((end) => resolve({ waitedMs: performance.now() - beganAtMs, end }));
    withFileLock(lockFolder, { timeoutMs: turnTimeoutMs, signal }, hold).catch((error: unknown) => {
      if (error instanceof LockTimeout) resolve({ waitedMs: performance.now() - beganAtMs, end: () => undefined });
      else reject(error);
    });
  });
}
