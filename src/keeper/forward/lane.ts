// The way of one signal to its server. One request at a time, in order; what waits meanwhile is joined into the next one.
// Nothing leaves the queue before the server took or refused it.
import { type Bounds, describeLimit } from '../../model/limits.ts';
import { countOf } from '../../std/plural.ts';
import type { Frame } from '../wal/frame.ts';
import type { Destination } from './destination.ts';
import { Losses } from './losses.ts';
import { type Parcel, recordNames } from './parcel.ts';
import type { ParcelQueue } from './queue.ts';
import { type DeliveryVerdict, judgeAnswer } from './verdict.ts';

export interface LaneOptions {
  readonly destination: Destination;
  readonly queue: ParcelQueue;
  /** For what is said of a full queue. */
  readonly bounds: Bounds;
  readonly nowMs: () => number;
  /** Told of parcels that the server took. */
  readonly onTaken: (parcels: readonly Parcel[]) => void;
  /** Told when the server begins to fail, and when it refuses something. */
  readonly onNote: (note: string) => void;
}

const firstPauseMs = 25;
const longestPauseMs = 5_000;
/** A server that restarts says no for a moment; only what lasts longer is a trouble. */
const troubleAfterMs = 2_000;

interface Failing {
  readonly sinceMs: number;
  readonly reason: string;
  readonly times: number;
}

export class Lane {
  private readonly options: LaneOptions;
  private readonly losses: Losses;
  private readonly changes = new Set<() => void>();
  private failing: Failing | undefined;
  /** A joined request was refused: so many parcels go alone, to find the one that is at fault. */
  private alone = 0;
  private running = false;
  private closed = false;

  constructor(options: LaneOptions) {
    this.options = options;
    this.losses = new Losses(options.destination, options.nowMs);
  }

  /** Takes a parcel, or says why not. */
  offer(parcel: Parcel): string | undefined {
    const reason = this.enqueue(parcel);
    if (reason === undefined) void this.run();
    else this.losses.turnAway(parcel.records, reason);
    return reason;
  }

  /** Takes up what an earlier keeper left; says how many parcels that were. */
  restore(readParcel: (frame: Frame) => Parcel | undefined): number {
    const count = this.options.queue.restore(readParcel, this.options.onNote);
    void this.run();
    return count;
  }

  /** Waits until all that was taken before the call has left; whether that was so within the time. */
  async drain(timeoutMs: number): Promise<boolean> {
    const { queue } = this.options;
    const goal = queue.entered;
    return this.waitUntil(() => queue.left >= goal, timeoutMs);
  }

  /** What a person should know; empty when all is well. */
  warnings(): string[] {
    const { failing } = this;
    const lasts = failing !== undefined && this.options.nowMs() - failing.sinceMs >= troubleAfterMs;
    return [...(lasts ? [this.describeWaiting(failing)] : []), ...this.losses.list()];
  }

  /** Sends what waits, unless the server fails, for at most `timeoutMs`; the rest stays on disk. */
  async close(timeoutMs: number): Promise<void> {
    const { queue } = this.options;
    await this.waitUntil(() => queue.isEmpty || this.failing !== undefined, timeoutMs);
    this.closed = true;
    this.tell();
    queue.close();
  }

  private enqueue(parcel: Parcel): string | undefined {
    const { queue, destination, bounds } = this.options;
    if (!queue.hasRoomFor(parcel.payload.length)) {
      return `too much waits for ${destination.name} (${describeLimit('forwardQueue', bounds)})${this.failing ? `: ${this.failing.reason}` : ''}`;
    }
    try {
      queue.add(parcel);
      return undefined;
    } catch (error) {
      return `the queue for ${destination.name} cannot be written: ${describe(error)}`;
    }
  }

  private async run(): Promise<void> {
    if (this.running) return;
    this.running = true;
    const { queue } = this.options;
    // What comes in one turn of the event loop travels together.
    await new Promise(setImmediate);
    while (!queue.isEmpty && !this.closed) {
      const parcels = queue.peek({ joined: this.alone === 0 });
      const verdict = await this.attempt(parcels);
      // Closed meanwhile: the parcels are on disk still, for the next keeper.
      if (!this.closed) await this.settle(parcels, verdict);
    }
    this.running = false;
  }

  private async attempt(parcels: readonly Parcel[]): Promise<DeliveryVerdict> {
    const { destination } = this.options;
    const [first] = parcels;
    if (first === undefined) throw new Error('a delivery without parcels');
    const payload = parcels.length === 1 ? first.payload : Buffer.concat(parcels.map((parcel) => parcel.payload));
    try {
      return judgeAnswer(destination.signal, await destination.send(first.kind, payload));
    } catch (error) {
      return { kind: 'later', afterMs: undefined, tries: Number.POSITIVE_INFINITY, reason: describe(error) };
    }
  }

  private async settle(parcels: readonly Parcel[], verdict: DeliveryVerdict): Promise<void> {
    if (verdict.kind === 'later' && (this.failing?.times ?? 0) + 1 < verdict.tries) {
      await this.pause(verdict);
      return;
    }
    this.failing = undefined;
    if (verdict.kind === 'taken') {
      if (verdict.rejected > 0) this.refuse(verdict.rejected, verdict.reason);
      this.options.onTaken(parcels);
    } else if (parcels.length > 1) {
      this.alone = parcels.length;
      return;
    } else {
      this.refuse(countRecords(parcels), verdict.reason);
    }
    this.alone = Math.max(0, this.alone - parcels.length);
    this.options.queue.remove(parcels.length);
    this.tell();
  }

  private async pause({ afterMs, reason }: Extract<DeliveryVerdict, { kind: 'later' }>): Promise<void> {
    const { destination, nowMs, onNote } = this.options;
    const { times = 0, sinceMs = nowMs() } = this.failing ?? {};
    if (times === 0) onNote(`${destination.name} does not take telemetry: ${reason}`);
    this.failing = { sinceMs, reason, times: times + 1 };
    this.tell();
    const pauseMs = Math.min(afterMs ?? firstPauseMs * 2 ** times, longestPauseMs);
    await this.waitUntil(() => false, pauseMs);
  }

  private refuse(records: number, reason: string): void {
    const { destination, onNote } = this.options;
    this.losses.refuse(records, reason);
    onNote(`${destination.name} refused ${countOf(records, recordNames[destination.signal])}: ${reason}`);
  }

  private describeWaiting({ sinceMs, reason }: Failing): string {
    const { destination, queue, nowMs } = this.options;
    const seconds = Math.round((nowMs() - sinceMs) / 1000);
    const waiting = countOf(queue.records, recordNames[destination.signal]);
    return `${destination.name} has taken nothing for ${seconds} s, ${waiting} waiting: ${reason}`;
  }

  /** Whether the condition came to hold within the time; it is looked at after each change. */
  private async waitUntil(condition: () => boolean, timeoutMs: number): Promise<boolean> {
    const deadline = performance.now() + timeoutMs;
    while (!condition()) {
      const leftMs = deadline - performance.now();
      if (leftMs <= 0 || this.closed) return false;
      await new Promise<void>((resolve) => {
        const done = () => {
          clearTimeout(timer);
          this.changes.delete(done);
          resolve();
        };
        const timer = setTimeout(done, leftMs);
        this.changes.add(done);
      });
    }
    return true;
  }

  private tell(): void {
    for (const done of [...this.changes]) done();
  }
}

function countRecords(parcels: readonly Parcel[]): number {
  return parcels.reduce((sum, { records }) => sum + records, 0);
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
