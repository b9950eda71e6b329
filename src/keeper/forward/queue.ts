// Parcels that wait for one server, in order and bounded, in memory and in a log on disk, so that they outlive the keeper.

import type { Signal } from '../../wire/otlp/request.ts';
import type { Frame } from '../wal/frame.ts';
import { SegmentLog } from '../wal/segment-log.ts';
import type { Parcel } from './parcel.ts';

const maxQueueParcels = 10_000;
/** Parcels are joined up to this size; a larger one goes alone. */
const maxJoinedBytes = 1024 * 1024;

/** Which segment holds a restored parcel is not known: all stay until the last of these has left. */
const beforeAll = 0;

interface Waiting extends Parcel {
  /** The segment of the log that holds it. */
  readonly segment: number;
}

const segmentBytes = 4 * 1024 * 1024;

/** The log on disk of one signal's queue. What was delivered is removed from it, so it needs no limit of its own. */
export function openQueueLog(folder: string, signal: Signal): SegmentLog {
  const unlimited = Number.MAX_SAFE_INTEGER;
  return new SegmentLog({ folder, name: signal, segmentBytes, maxBytes: unlimited, retentionMs: unlimited });
}

export class ParcelQueue {
  private readonly log: SegmentLog;
  private readonly maxBytes: number;
  private readonly parcels: Waiting[] = [];
  private bytes = 0;
  /** How many were ever taken in, and how many ever left: what was taken before a moment is gone when `left` gets there. */
  entered = 0;
  left = 0;

  /** `maxBytes` may wait (limit: forward queue). */
  constructor(log: SegmentLog, { maxBytes }: { readonly maxBytes: number }) {
    this.log = log;
    this.maxBytes = maxBytes;
  }

  get isEmpty(): boolean {
    return this.parcels.length === 0;
  }

  /** Log records, samples or spans that wait. */
  get records(): number {
    return this.parcels.reduce((sum, { records }) => sum + records, 0);
  }

  /** Whether a parcel of this size may wait, too; one that is larger than the queue may when nothing else does. */
  hasRoomFor(bytes: number): boolean {
    if (this.parcels.length >= maxQueueParcels) return false;
    return this.isEmpty || this.bytes + bytes <= this.maxBytes;
  }

  /** Takes in what an earlier keeper left on disk; says how many parcels that were. Called before the first `add`. */
  restore(readParcel: (frame: Frame) => Parcel | undefined, onDamage: (note: string) => void): number {
    for (const frame of this.log.replay(onDamage)) {
      const parcel = readParcel(frame);
      if (parcel !== undefined) this.append({ ...parcel, segment: beforeAll });
    }
    return this.entered;
  }

  /** Puts a parcel at the end; when it returns, the parcel survives the death of the keeper. @throws the system's error. */
  add(parcel: Parcel): void {
    this.log.append(parcel);
    this.append({ ...parcel, segment: this.log.newest });
  }

  /** The first parcels that can be joined into one request; they stay until `remove`. */
  peek({ joined }: { readonly joined: boolean }): readonly Parcel[] {
    const kind = this.parcels[0]?.kind;
    let bytes = 0;
    const end = this.parcels.findIndex((parcel, i) => {
      bytes += parcel.payload.length;
      return i > 0 && (!joined || parcel.kind !== kind || bytes > maxJoinedBytes);
    });
    return this.parcels.slice(0, end === -1 ? undefined : end);
  }

  /** Removes the first parcels, also from the disk as far as no other needs the same file. */
  remove(count: number): void {
    for (const { payload } of this.parcels.splice(0, count)) this.bytes -= payload.length;
    this.left += count;
    const first = this.parcels[0];
    if (first === undefined) this.log.clear();
    else this.log.removeBefore(first.segment);
  }

  close(): void {
    this.log.close();
  }

  private append(parcel: Waiting): void {
    this.parcels.push(parcel);
    this.bytes += parcel.payload.length;
    this.entered++;
  }
}
