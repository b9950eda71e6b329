// One record of the write-ahead log: length, CRC-32C, receive time, kind, payload. All numbers are little-endian.
import { crc32c } from './crc32c.ts';

/** What a payload is; numbers are for ever, since old logs hold them. */
export const frameKind = { otlpExport: 1, remoteWrite: 2, lokiPush: 3 } as const;

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

export interface Scan {
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

/** Walks over the frames of a segment. Damage costs the frames it lies in, not those behind it. */
export function* scanFrames(segment: Buffer): Generator<Frame, Scan> {
  const gaps: string[] = [];
  if (!segment.subarray(0, segmentMagic.length).equals(segmentMagic)) {
    const damage = segment.length === 0 ? undefined : 'it does not begin like a log of this version';
    return { goodBytes: 0, damage, gaps };
  }
  let at = segmentMagic.length;
  while (at < segment.length) {
    const frame = readFrame(segment, at);
    if (typeof frame !== 'string') {
      yield frame;
      at += headerBytes + frame.payload.length;
      continue;
    }
    const next = findFrame(segment, at + 1);
    if (next === undefined) return { goodBytes: at, damage: `${frame} at byte ${at}`, gaps };
    gaps.push(`${frame} at byte ${at}; ${next - at} bytes from there are left out`);
    at = next;
  }
  return { goodBytes: at, damage: undefined, gaps };
}

function findFrame(segment: Buffer, from: number): number | undefined {
  let searchedBytes = 0;
  for (let at = from; at + headerBytes <= segment.length && searchedBytes < maxSearchBytes; at++) {
    const kind = segment[at + kindAt] ?? 0;
    if (kind === 0 || kind > largestKind) continue;
    const length = segment.readUInt32LE(at + lengthAt);
    if (length > maxPayloadBytes || at + headerBytes + length > segment.length) continue;
    searchedBytes += length;
    if (typeof readFrame(segment, at) !== 'string') return at;
  }
  return undefined;
}

function readFrame(segment: Buffer, at: number): Frame | string {
  if (at + headerBytes > segment.length) return 'a record is cut off';
  const length = segment.readUInt32LE(at + lengthAt);
  const end = at + headerBytes + length;
  if (length > maxPayloadBytes) return 'a record has an impossible length';
  if (end > segment.length) return 'a record is cut off';
  if (crc32c(segment.subarray(at + timeAt, end)) !== segment.readUInt32LE(at + crcAt))
    return 'a record does not match its checksum';
  return {
    kind: segment.readUInt8(at + kindAt),
    receivedNs: segment.readBigUInt64LE(at + timeAt),
    payload: segment.subarray(at + headerBytes, end),
  };
}
