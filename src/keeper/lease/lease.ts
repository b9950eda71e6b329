// Until when an idle stack may live. Telemetry, queries and verbs renew it; scrapes do not, since they never stop.
import { isRunning } from '../../std/process-identity.ts';
import type { StateFile } from '../state/state-file.ts';

/** What a lease reads of the stack's state and writes into it. */
type LeaseFile = Pick<StateFile, 'state' | 'update'>;

/** How much the end may lie ahead of what state.json says, so that not every request writes the file. */
const persistEveryMs = 30_000;
/** setTimeout takes no more than 2^31−1 ms. */
const maxWaitMs = 60_000;

export class Lease {
  private readonly file: LeaseFile;
  private readonly nowMs: () => number;
  private readonly ttlMs: number;
  private expiresAtMs: number;
  private timer: NodeJS.Timeout | undefined;

  /** Starts with a full lease, whatever the file said: a keeper that starts was asked for. */
  constructor(file: LeaseFile, nowMs: () => number) {
    this.file = file;
    this.nowMs = nowMs;
    this.ttlMs = file.state.lease.ttlMs;
    this.expiresAtMs = nowMs() + this.ttlMs;
  }

  get current(): { ttlMs: number; expiresAtMs: number } {
    return { ttlMs: this.ttlMs, expiresAtMs: this.expiresAtMs };
  }

  /** Sets the end to a full idle time from now, and returns it. */
  renew(): number {
    this.expiresAtMs = this.nowMs() + this.ttlMs;
    if (this.expiresAtMs - this.file.state.lease.expiresAtMs > persistEveryMs)
      this.file.update({ lease: this.current });
    return this.expiresAtMs;
  }

  /** Calls `onExpiry` once, when the end has come; while an `up` still waits for the servers of the stack, it does not. */
  watch(onExpiry: () => void): void {
    if (this.isAwaited()) this.renew();
    const remainingMs = this.expiresAtMs - this.nowMs();
    if (remainingMs <= 0) onExpiry();
    else this.timer = setTimeout(() => this.watch(onExpiry), Math.min(remainingMs, maxWaitMs)).unref();
  }

  private isAwaited(): boolean {
    const { readyMs, starter } = this.file.state;
    return readyMs === null && starter !== null && isRunning(starter);
  }

  stop(): void {
    clearTimeout(this.timer);
  }
}
