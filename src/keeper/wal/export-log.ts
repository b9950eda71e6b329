// The write-ahead logs of the three signals as one: exports go in as protobuf, and come out again when a keeper starts.

import { join } from 'node:path';
import { setImmediate as yieldToLoop } from 'node:timers/promises';
import { decodeProtobuf, encodeProtobuf, type Signal, signals } from '../../wire/otlp/request.ts';
import type { Arriving } from '../sink/sink.ts';
import { frameKind } from './frame.ts';
import { SegmentLog } from './segment-log.ts';

const syncEveryMs = 1_000;
const segmentBytes = 16 * 1024 * 1024;
/** How long replay may keep the event loop, so that /obs/identity is answered meanwhile. */
const replaySliceMs = 20;

export interface ExportLogOptions {
  readonly stackDir: string;
  readonly nowMs: () => number;
  /** Each signal keeps at most this much, and nothing older than `retentionMs`. */
  readonly maxBytes: number;
  readonly retentionMs: number;
  readonly onNote: (note: string) => void;
}

export class ExportLog {
  private readonly options: ExportLogOptions;
  private readonly logs: Readonly<Record<Signal, SegmentLog>>;
  private readonly timer: NodeJS.Timeout;
  /** Why the last append or sync failed; undefined when it did not. */
  trouble: string | undefined;

  constructor(options: ExportLogOptions) {
    this.options = options;
    const { maxBytes, retentionMs } = options;
    const folder = join(options.stackDir, 'wal');
    const open = (name: Signal) => new SegmentLog({ folder, name, segmentBytes, maxBytes, retentionMs });
    this.logs = { logs: open('logs'), metrics: open('metrics'), traces: open('traces') };
    this.timer = setInterval(() => this.tick(), syncEveryMs).unref();
  }

  /** Hands every export that was logged to `take`, oldest first within a signal; says how many there were. */
  async replay(take: (arriving: Arriving) => void): Promise<number> {
    let count = 0;
    let sliceEndsAt = performance.now() + replaySliceMs;
    for (const signal of signals) {
      for (const frame of this.logs[signal].replay(this.options.onNote)) {
        if (frame.kind !== frameKind.otlpExport) continue; // of a newer obs
        const request = decodeProtobuf(signal, frame.payload);
        take({ signal, request, receivedNs: frame.receivedNs, encoded: frame.payload });
        count++;
        if (performance.now() < sliceEndsAt) continue;
        await yieldToLoop();
        sliceEndsAt = performance.now() + replaySliceMs;
      }
    }
    return count;
  }

  /** Writes an export; when it returns, it survives kill -9. @throws the system's error, which is kept as `trouble`. */
  append<S extends Signal>({ signal, request, receivedNs, encoded }: Arriving<S>): void {
    const payload = encoded ?? encodeProtobuf(signal, request);
    try {
      this.logs[signal].append({ kind: frameKind.otlpExport, receivedNs, payload });
      this.trouble = undefined;
    } catch (error) {
      this.trouble = `the write-ahead log of ${signal} cannot be written: ${describe(error)}`;
      throw error;
    }
  }

  close(): Promise<void> {
    clearInterval(this.timer);
    for (const log of Object.values(this.logs)) log.close();
    return Promise.resolve();
  }

  private tick(): void {
    const nowNs = BigInt(this.options.nowMs()) * 1_000_000n;
    for (const log of Object.values(this.logs)) {
      log.sync((error) => {
        this.trouble = `the write-ahead log cannot be synced: ${error.message}`;
      });
      log.prune(nowNs);
    }
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
