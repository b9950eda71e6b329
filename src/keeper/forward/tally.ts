// How much was taken of each signal, kept in a small file that is written at each change: the backend holds the records,
// and cannot say how many are this stack's.
import { closeSync, constants, mkdirSync, openSync, readSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Usage } from '../../model/stack-state.ts';
import { type Signal, signals } from '../../wire/otlp/request.ts';

/** Records and bytes of each signal as doubles, in the order of `signals`. */
const slots = signals.length * 2;

export class Tally {
  private readonly counts = new Float64Array(slots);
  private readonly fd: number;

  /** Goes on where the file stands; a file of another size counts as none. @throws the system's error. */
  constructor(path: string) {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    this.fd = openSync(path, constants.O_RDWR | constants.O_CREAT, 0o600);
    const found = new Float64Array(slots);
    if (readSync(this.fd, found, 0, found.byteLength, 0) === found.byteLength) this.counts.set(found);
  }

  /** Counts what was taken; a disk that refuses loses no more than the count. */
  add(signal: Signal, records: number, bytes: number): void {
    const at = signals.indexOf(signal) * 2;
    this.counts[at] = (this.counts[at] ?? 0) + records;
    this.counts[at + 1] = (this.counts[at + 1] ?? 0) + bytes;
    try {
      writeSync(this.fd, this.counts, 0, this.counts.byteLength, 0);
    } catch {
      // The queue, which is written to the same disk, tells of it.
    }
  }

  usage(): Usage {
    const of = (signal: Signal) => {
      const at = signals.indexOf(signal) * 2;
      return { records: this.counts[at] ?? 0, bytes: this.counts[at + 1] ?? 0 };
    };
    return { logs: of('logs'), metrics: of('metrics'), traces: of('traces') };
  }

  close(): void {
    closeSync(this.fd);
  }
}
