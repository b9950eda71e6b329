// The write-ahead log of one signal: numbered segment files, appended to synchronously (an acknowledged record is in the
// kernel's hands and survives kill -9), synced to disk once a second (that much a power cut can take), the oldest
// segments removed when they are too old or too many.
import {
  closeSync,
  fdatasync,
  fdatasyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  rmSync,
  statSync,
  truncateSync,
  writevSync,
} from 'node:fs';
import { join } from 'node:path';
import { type CheckedSegment, checkSegment } from './check-segment.ts';
import { encodeHeader, type Frame, readFrame, segmentMagic } from './frame.ts';

export interface SegmentLogOptions {
  readonly folder: string;
  /** Part of the file names: the signal. */
  readonly name: string;
  readonly segmentBytes: number;
  readonly maxBytes: number;
  readonly retentionMs: number;
  /** Told when the system could not write to disk what it had taken. */
  readonly onSyncError?: (error: Error) => void;
}

/** What an interrupted write leaves at the end of the newest segment was never acknowledged; any other damage may have been. */
export type DamageKind = 'torn tail' | 'loss';
type OnDamage = (note: string, kind: DamageKind) => void;

/** A segment that was there before this process. */
export interface ReplayableSegment {
  readonly path: string;
  readonly bytes: number;
  /** Its records, once it was checked. */
  readonly replay: (checked: CheckedSegment) => Generator<Frame>;
}

/** The payload of a record that was appended, for who reads parts of it again. */
export interface LoggedPayload {
  /** Fills `target` with what stands from byte `start` of the payload on; false when the log has it no more. */
  readonly read: (target: Uint8Array, start: number) => boolean;
}

interface Segment {
  readonly number: number;
  readonly path: string;
  bytes: number;
  newestNs: bigint;
  /** Not written by this version, so never appended to. */
  foreign: boolean;
}

export class SegmentLog {
  private readonly options: SegmentLogOptions;
  private readonly segments: Segment[];
  private fd: number | undefined;
  private dirty = false;

  /** Finds the segments that are there; writes nothing yet. */
  constructor(options: SegmentLogOptions) {
    this.options = options;
    this.segments = listSegments(options);
  }

  /**
   * Yields every record, oldest first, each valid until the next segment's. Damaged ones are left out, and a damaged end is cut
   * off the last segment; `onDamage` is told of each. Call it before the first append. @throws the system's error.
   */
  *replay(onDamage: OnDamage): Generator<Frame> {
    for (const { path, bytes, replay } of this.list(onDamage))
      yield* replay(checkSegment(path, Buffer.allocUnsafeSlow(bytes)));
  }

  /** The segments one by one, oldest first, for who checks them elsewhere; the same holds as for `replay`. */
  list(onDamage: OnDamage): ReplayableSegment[] {
    return this.segments.map((segment) => ({
      path: segment.path,
      bytes: segment.bytes,
      replay: (checked) => this.replaySegment(segment, checked, onDamage),
    }));
  }

  private *replaySegment(segment: Segment, { bytes, scan }: CheckedSegment, onDamage: OnDamage) {
    for (const start of scan.starts) {
      const frame = readFrame(bytes, start);
      segment.newestNs = frame.receivedNs;
      yield frame;
    }
    const { goodBytes, damage, gaps } = scan;
    for (const gap of gaps) onDamage(`${segment.path}: ${gap}`, 'loss');
    segment.foreign = goodBytes === 0 && segment.bytes >= segmentMagic.length;
    const isLast = segment === this.segments.at(-1);
    if (damage !== undefined) {
      const kind = isLast && !segment.foreign ? 'torn tail' : 'loss';
      onDamage(`${segment.path}: ${damage}; ${segment.bytes - goodBytes} bytes after it are left out`, kind);
    }
    if (isLast && !segment.foreign && goodBytes !== segment.bytes) cutOff(segment, goodBytes);
    if (isLast && segment.bytes === 0) cutOff(segment, 0);
  }

  /** Writes a record; when it returns, the record survives the death of this process. @throws the system's error. */
  append(frame: Frame): LoggedPayload {
    const header = encodeHeader(frame);
    const bytes = header.length + frame.payload.length;
    const segment = this.openFor(bytes);
    const fd = this.fd!; // openFor leaves it open
    // At a position of our own: what a failed write left behind is overwritten by the next one.
    const written = writevSync(fd, [header, frame.payload], segment.bytes);
    if (written !== bytes) throw new Error(`only ${written} of ${bytes} bytes could be written: the disk is full`);
    const payloadAt = segment.bytes + header.length;
    segment.bytes += bytes;
    segment.newestNs = frame.receivedNs;
    this.dirty = true;
    return { read: (target, start) => this.readAgain(segment, payloadAt + start, target) };
  }

  // A segment that was removed or cleared is not in the list any more.
  private readAgain(segment: Segment, position: number, target: Uint8Array): boolean {
    if (!this.segments.includes(segment)) return false;
    const ownFd = segment === this.segments.at(-1) ? this.fd : undefined;
    try {
      const fd = ownFd ?? openSync(segment.path, 'r');
      try {
        return readSync(fd, target, 0, target.length, position) === target.length;
      } finally {
        if (fd !== ownFd) closeSync(fd);
      }
    } catch {
      return false; // whoever asks has another way
    }
  }

  /** Asks the system to write to disk what was appended since the last call. */
  sync(): void {
    if (!this.dirty || this.fd === undefined) return;
    this.dirty = false;
    fdatasync(this.fd, (error) => error && this.options.onSyncError?.(error));
  }

  /** Removes the oldest segments beyond age and size; the one being written stays. */
  prune(nowNs: bigint): void {
    const beforeNs = nowNs - BigInt(this.options.retentionMs) * 1_000_000n;
    let total = this.segments.reduce((sum, segment) => sum + segment.bytes, 0);
    while (this.segments.length > 1) {
      const oldest = this.segments[0]!; // there are at least two
      if (total <= this.options.maxBytes && oldest.newestNs >= beforeNs) return;
      rmSync(oldest.path, { force: true });
      total -= oldest.bytes;
      this.segments.shift();
    }
  }

  /** The number of the segment that was written to last; 0 before the first. */
  get newest(): number {
    return this.segments.at(-1)?.number ?? 0;
  }

  /** Removes the segments before a number: nothing in them is needed any more. */
  removeBefore(number: number): void {
    while (this.segments.length > 0 && this.segments[0]!.number < number) {
      // not empty
      rmSync(this.segments[0]!.path, { force: true });
      this.segments.shift();
    }
  }

  /** Removes every record; the newest segment stays, empty. */
  clear(): void {
    this.removeBefore(this.newest);
    const segment = this.segments[0];
    if (segment === undefined || segment.foreign || segment.bytes === segmentMagic.length) return;
    truncateSync(segment.path, segmentMagic.length);
    this.segments[0] = { ...segment, bytes: segmentMagic.length };
  }

  close(): void {
    if (this.fd === undefined) return;
    try {
      fdatasyncSync(this.fd);
    } finally {
      closeSync(this.fd);
      this.fd = undefined;
    }
  }

  /** The segment that `bytes` more go to, open for writing. */
  private openFor(bytes: number): Segment {
    const last = this.segments.at(-1);
    const isRoom = last !== undefined && !last.foreign && last.bytes + bytes <= this.options.segmentBytes;
    if (isRoom && this.fd !== undefined) return last;
    this.leaveSegment();
    const segment = isRoom ? last : this.makeSegment((last?.number ?? 0) + 1);
    this.fd = openSync(segment.path, 'r+');
    return segment;
  }

  // Without waiting for the disk: senders wait meanwhile.
  private leaveSegment(): void {
    const { fd } = this;
    if (fd === undefined) return;
    this.fd = undefined;
    fdatasync(fd, (error) => {
      closeSync(fd);
      if (error) this.options.onSyncError?.(error);
    });
  }

  private makeSegment(number: number): Segment {
    mkdirSync(this.options.folder, { recursive: true, mode: 0o700 });
    const path = join(this.options.folder, `${this.options.name}-${String(number).padStart(8, '0')}.wal`);
    const fd = openSync(path, 'w', 0o600);
    try {
      if (writevSync(fd, [segmentMagic], 0) !== segmentMagic.length) throw new Error('the disk is full');
    } finally {
      closeSync(fd);
    }
    const segment = { number, path, bytes: segmentMagic.length, newestNs: 0n, foreign: false };
    this.segments.push(segment);
    return segment;
  }
}

function listSegments({ folder, name }: SegmentLogOptions): Segment[] {
  const pattern = new RegExp(`^${name}-(\\d{8})\\.wal$`);
  let files: string[];
  try {
    files = readdirSync(folder);
  } catch {
    return []; // no folder yet; the first append makes it, or says why it cannot
  }
  return files
    .flatMap((file) => {
      const number = pattern.exec(file)?.[1];
      if (number === undefined) return [];
      const path = join(folder, file);
      const { size, mtimeMs } = statSync(path);
      const newestNs = BigInt(Math.trunc(mtimeMs)) * 1_000_000n;
      return [{ number: Number(number), path, bytes: size, newestNs, foreign: false }];
    })
    .sort((a, b) => a.number - b.number);
}

// A segment without its first bytes is written from the start again.
function cutOff(segment: Segment, goodBytes: number): void {
  const fd = openSync(segment.path, 'r+');
  try {
    ftruncateSync(fd, goodBytes);
    if (goodBytes === 0) writevSync(fd, [segmentMagic], 0);
    segment.bytes = Math.max(goodBytes, segmentMagic.length);
  } finally {
    closeSync(fd);
  }
}
