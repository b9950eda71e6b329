// One record of the write-ahead log: length, CRC-32C, receive time, kind, payload. All numbers are little-endian.
import { crc32c } from './crc32c.ts';

/** What a payload is; numbers are for ever, since old logs hold them. Of `otlpText` all texts are known to be UTF-8. */
export const frameKind = { otlpExport: 1, remoteWrite: 2, lokiPush: 3, otlpText: 4 } as const;

export interface Frame {
  readonly kind: number;
  readonly receivedNs: bigint;
  readonly payload: Buffer;
}

/** First bytes of every segment: product and version of this format. */
export const segmentMagic = Buffer.from('obswal1\n', 'latin1');

const lengthAt = 0;
const crcAt = 4;
const timeAt = 8;
const kindAt = 16;
const headerBytes = 17;
/** A length beyond it is damage, not a record: no body that large is ever let in. */
const maxPayloadBytes = 64 * 1024 * 1024;

/** The header that stands before the payload. The checksum covers time, kind and payload. */
export function encodeHeader({ kind, receivedNs, payload }: Frame): Buffer {
  const header = Buffer.allocUnsafe(headerBytes);
  header.writeUInt32LE(payload.length, lengthAt);
  header.writeBigUInt64LE(receivedNs, timeAt);
  header.writeUInt8(kind, kindAt);
  header.writeUInt32LE(crc32c(payload, crc32c(header.subarray(timeAt))), crcAt);
  return header;
}

/** What is in a segment. */
export interface Scan {
  /** Where its good frames begin. */
  readonly starts: readonly number[];
  /** Where the last good frame ends. */
  readonly goodBytes: number;
  /** What is wrong with the bytes behind it; undefined when there are none. */
  readonly damage: string | undefined;
  /** What is wrong between good frames, and how much was left out. */
  readonly gaps: readonly string[];
}

/** How much is checked at most in search of the next good frame: a damaged file may be made to look like many of them. */
const maxSearchBytes = 64 * 1024 * 1024;
const largestKind = Math.max(...Object.values(frameKind));

/** Checks the frames of a segment. Damage costs the frames it lies in, not those behind it. */
export function scanFrames(segment: Buffer): Scan {
  const starts: number[] = [];
  const gaps: string[] = [];
  if (!segment.subarray(0, segmentMagic.length).equals(segmentMagic)) {
    const damage = segment.length === 0 ? undefined : 'it does not begin like a log of this version';
    return { starts, goodBytes: 0, damage, gaps };
  }
  let at = segmentMagic.length;
  while (at < segment.length) {
    const problem = findProblem(segment, at);
    if (problem === undefined) {
      starts.push(at);
      at = endOf(segment, at);
      continue;
    }
    const next = findFrame(segment, at + 1);
    if (next === undefined) return { starts, goodBytes: at, damage: `${problem} at byte ${at}`, gaps };
    gaps.push(`${problem} at byte ${at}; ${next - at} bytes from there are left out`);
    at = next;
  }
  return { starts, goodBytes: at, damage: undefined, gaps };
}

/** The frame that begins at one of the `starts` of a scan. */
export function readFrame(segment: Buffer, start: number): Frame {
  return {
    kind: segment.readUInt8(start + kindAt),
    receivedNs: segment.readBigUInt64LE(start + timeAt),
    payload: segment.subarray(start + headerBytes, endOf(segment, start)),
  };
}

function findFrame(segment: Buffer, from: number): number | undefined {
  let searchedBytes = 0;
  for (let at = from; at + headerBytes <= segment.length && searchedBytes < maxSearchBytes; at++) {
    const kind = segment[at + kindAt] ?? 0;
    if (kind === 0 || kind > largestKind) continue;
    const length = segment.readUInt32LE(at + lengthAt);
    if (length > maxPayloadBytes || at + headerBytes + length > segment.length) continue;
    searchedBytes += length;
    if (findProblem(segment, at) === undefined) return at;
  }
  return undefined;
}

function findProblem(segment: Buffer, at: number): string | undefined {
  if (at + headerBytes > segment.length) return 'a record is cut off';
  const end = endOf(segment, at);
  if (end - at > headerBytes + maxPayloadBytes) return 'a record has an impossible length';
  if (end > segment.length) return 'a record is cut off';
  if (crc32c(segment.subarray(at + timeAt, end)) !== segment.readUInt32LE(at + crcAt))
    return 'a record does not match its checksum';
  return undefined;
}

function endOf(segment: Buffer, start: number): number {
  return start + headerBytes + segment.readUInt32LE(start + lengthAt);
}
