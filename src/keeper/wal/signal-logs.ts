// The write-ahead logs of the three signals as one: records go in before they are stored, and come out again, oldest
// first, when a keeper starts.
import { join } from 'node:path';
import { setImmediate as yieldToLoop } from 'node:timers/promises';
import { type Signal, signals } from '../../wire/otlp/request.ts';
import { checkAhead } from './check-ahead.ts';
import type { Frame } from './frame.ts';
import { type DamageKind, type LoggedPayload, SegmentLog } from './segment-log.ts';

const syncEveryMs = 1_000;
const segmentBytes = 16 * 1024 * 1024;
/** Notes of damage that `obs status` shows. */
const maxLosses = 10;
/** How long replay may keep the event loop, so that /obs/identity is answered meanwhile. */
const replaySliceMs = 20;

export interface SignalLogsOptions {
  readonly stackDir: string;
  readonly nowMs: () => number;
  /** Each signal keeps at most this much, and nothing older than `retentionMs`. */
  readonly maxBytes: number;
  readonly retentionMs: number;
  readonly onNote: (note: string) => void;
}

/** What the sink asks of it. */
export type DurableLog = Pick<SignalLogs, 'trouble' | 'losses' | 'replay' | 'noteDamage' | 'close'> & {
  /** Undefined where nothing is kept. */
  readonly append: (...record: Parameters<SignalLogs['append']>) => LoggedPayload | undefined;
};

export class SignalLogs {
  private readonly options: SignalLogsOptions;
  private readonly folder: string;
  private readonly logs: Readonly<Record<Signal, SegmentLog>>;
  private readonly timer: NodeJS.Timeout;
  private isReplaying = false;
  /** Why the last append or sync failed; undefined when it did not. */
  trouble: string | undefined;
  /** What earlier keepers had acknowledged and this one could not read. */
  readonly losses: string[] = [];

  constructor(options: SignalLogsOptions) {
    this.options = options;
    const { maxBytes, retentionMs } = options;
    const folder = join(options.stackDir, 'wal');
    this.folder = folder;
    const onSyncError = (error: Error) => {
      this.trouble = `the write-ahead log in ${this.folder} cannot be synced: ${error.message}`;
    };
    const open = (name: Signal) => new SegmentLog({ folder, name, segmentBytes, maxBytes, retentionMs, onSyncError });
    this.logs = { logs: open('logs'), metrics: open('metrics'), traces: open('traces') };
    this.timer = setInterval(() => this.tick(), syncEveryMs).unref();
  }

  /** Hands every record to `take`, oldest first within a signal and valid for the call; says how many there were. */
  async replay(take: (signal: Signal, frame: Frame) => void): Promise<number> {
    const pace = new Pace();
    const scratch = new Scratch();
    let count = 0;
    this.isReplaying = true;
    const segments = signals.flatMap((signal) =>
      this.logs[signal].list((note, kind) => this.noteDamage(note, kind)).map((segment) => ({ ...segment, signal })),
    );
    for await (const { segment, checked } of checkAhead(segments)) {
      for (const frame of segment.replay(checked)) {
        take(segment.signal, { ...frame, payload: scratch.copy(frame.payload) });
        count++;
        if (pace.isOver) await pace.rest();
      }
    }
    this.isReplaying = false;
    return count;
  }

  /** Writes a record; when it returns, it survives kill -9. @throws the system's error, which is kept as `trouble`. */
  append(signal: Signal, frame: Frame): LoggedPayload {
    try {
      const logged = this.logs[signal].append(frame);
      this.trouble = undefined;
      return logged;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.trouble = `the write-ahead log in ${this.folder} cannot be written, so what is sent is refused: ${reason}`;
      throw error;
    }
  }

  /** Keeps a note of damage; all but torn tails stay in `losses`. */
  noteDamage(note: string, kind: DamageKind): void {
    this.options.onNote(note);
    if (kind === 'loss' && this.losses.length < maxLosses) this.losses.push(note);
  }

  close(): void {
    clearInterval(this.timer);
    for (const log of Object.values(this.logs)) log.close();
  }

  private tick(): void {
    if (this.isReplaying) return; // nothing was written yet, and no segment may go while it is read
    const nowNs = BigInt(this.options.nowMs()) * 1_000_000n;
    for (const log of Object.values(this.logs)) {
      log.sync();
      log.prune(nowNs);
    }
  }
}

/** Memory of one thread: V8 copies small pieces out of what threads share at a third of the speed. */
class Scratch {
  private room = Buffer.alloc(0);

  /** A copy that is valid until the next one. */
  copy(bytes: Buffer): Buffer {
    if (bytes.length > this.room.length) this.room = Buffer.allocUnsafeSlow(bytes.length * 2);
    this.room.set(bytes);
    return this.room.subarray(0, bytes.length);
  }
}

/** Slices of the event loop. */
class Pace {
  private endsAt = performance.now() + replaySliceMs;

  get isOver(): boolean {
    return performance.now() >= this.endsAt;
  }

  async rest(): Promise<void> {
    await yieldToLoop();
    this.endsAt = performance.now() + replaySliceMs;
  }
}
