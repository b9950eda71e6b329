// Protobuf written in place, https://protobuf.dev/programming-guides/encoding/. Fields are numbered up to 15, so a tag is a byte.
import { ByteWriter } from './byte-writer.ts';

export const wire = { varint: 0, fixed64: 1, bytes: 2 } as const;
const sevenBits = 128;
const fixedBytes = 8;
const wordBytes = 4;
const longestVarint = 10;

export class MessageWriter extends ByteWriter {
  tag(field: number, wireType: number): void {
    this.reserve(1);
    this.bytes[this.length++] = (field << 3) | wireType;
  }

  /** A whole number, not negative. */
  varint(value: number): void {
    this.reserve(longestVarint);
    let rest = value;
    for (; rest >= sevenBits; rest = Math.floor(rest / sevenBits))
      this.bytes[this.length++] = (rest % sevenBits) | sevenBits;
    this.bytes[this.length++] = rest;
  }

  fixed64(field: number, high: number, low: number): void {
    this.tag(field, wire.fixed64);
    this.reserve(fixedBytes);
    this.view.setUint32(this.length, low, true);
    this.view.setUint32(this.length + wordBytes, high, true);
    this.length += fixedBytes;
  }

  /** Eight bytes without a tag. */
  double(value: number): void {
    this.reserve(fixedBytes);
    this.view.setFloat64(this.length, value, true);
    this.length += fixedBytes;
  }

  /** Eight bytes as a field, most significant first. */
  id(field: number, high: number, low: number): void {
    this.tag(field, wire.bytes);
    this.varint(fixedBytes);
    this.reserve(fixedBytes);
    this.view.setUint32(this.length, high);
    this.view.setUint32(this.length + wordBytes, low);
    this.length += fixedBytes;
  }

  raw(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    this.bytes.set(bytes, this.length);
    this.length += bytes.length;
  }

  /** Writes what stands in another writer from `start` up to `end`. */
  copyOf({ view: source }: MessageWriter, start: number, end: number): void {
    this.reserve(end - start);
    const { view } = this;
    let at = this.length;
    for (let from = start; from < end; from += wordBytes, at += wordBytes)
      view.setInt32(at, source.getInt32(from, true), true);
    this.length += end - start;
  }

  /** Bytes, or a message that is written already. */
  field(field: number, bytes: Uint8Array): void {
    this.tag(field, wire.bytes);
    this.varint(bytes.length);
    this.raw(bytes);
  }

  /** A message that `write` writes; it will take about `likely` bytes. */
  message(field: number, likely: number, write: () => void): void {
    this.tag(field, wire.bytes);
    const start = this.begin(likely);
    write();
    this.end(start, likely);
  }

  /** Begins a message after its tag; says what `end` wants to know. */
  begin(likely: number): number {
    const { length: start } = this;
    const room = varintLength(likely);
    this.reserve(room);
    this.length += room;
    return start;
  }

  /** Ends it: its length is put in front, and if that takes more or less room than thought, the message is moved. */
  end(start: number, likely: number): void {
    const room = varintLength(likely);
    const size = this.length - start - room;
    const needed = varintLength(size);
    this.reserve(longestVarint);
    if (needed !== room) this.bytes.copyWithin(start + needed, start + room, this.length);
    this.length = start;
    this.varint(size);
    this.length += size;
  }
}

/** Bytes that a whole number takes. */
export function varintLength(value: number): number {
  let count = 1;
  for (let rest = value; rest >= sevenBits; rest = Math.floor(rest / sevenBits)) count++;
  return count;
}
