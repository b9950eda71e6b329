// Protobuf written from its end to its beginning, https://protobuf.dev/programming-guides/encoding/: a message's length is known
// when it is put in front, so nothing is measured first or moved later. How much is written so far is the caller's to hold, in a
// local variable: each method takes that size and says the size after it.

/** Tags of fields numbered up to 15 are a byte. */
export const tagOf = {
  varint: (field: number): number => field << 3,
  fixed64: (field: number): number => (field << 3) | 1,
  bytes: (field: number): number => (field << 3) | 2,
} as const;

const sevenBits = 128;
const twoGroups = sevenBits * sevenBits;
const wordBytes = 4;
const longestVarint = 10;
const maxBytesPerUnit = 3;
const firstNonAscii = 0x80;
const initialBytes = 4096;

/** Bytes that are written again and again. */
export interface Part {
  /** Little-endian; the first one may begin before the part. */
  readonly words: Int32Array;
  readonly length: number;
}

/** Makes a part of bytes. */
export function makePart(bytes: Uint8Array): Part {
  const padded = new Uint8Array(Math.ceil(bytes.length / wordBytes) * wordBytes);
  padded.set(bytes, padded.length - bytes.length);
  const view = new DataView(padded.buffer);
  const words = new Int32Array(padded.length / wordBytes);
  for (let i = 0; i < words.length; i++) words[i] = view.getInt32(i * wordBytes, true);
  return { words, length: bytes.length };
}

export class MessageWriter {
  private bytes: Buffer;
  private view: DataView;

  /** Writes into `room` as long as it is large enough. */
  constructor(room: Buffer = Buffer.allocUnsafeSlow(initialBytes)) {
    this.bytes = room;
    this.view = viewOf(room);
  }

  /** What was written; no copy is made, so it ends the writing. All of its memory is the answer's own. */
  finish(size: number): Buffer {
    return this.bytes.subarray(this.bytes.length - size);
  }

  part({ words, length }: Part, size: number): number {
    this.reserve(size, length);
    const { view } = this;
    // A word may begin before the part; what is written next goes over that.
    for (let i = words.length - 1, at = view.byteLength - size - wordBytes; i >= 0; i--, at -= wordBytes)
      view.setInt32(at, words[i]!, true); // below its length
    return size + length;
  }

  /** Lets `fill` write so many bytes; undefined when it could not. */
  filled(length: number, size: number, fill: (target: Uint8Array) => boolean): number | undefined {
    this.reserve(size, length);
    const end = this.bytes.length - size;
    return fill(this.bytes.subarray(end - length, end)) ? size + length : undefined;
  }

  /** Writes once more the `length` bytes that were written up to `written`. */
  again(written: number, length: number, size: number): number {
    this.reserve(size, length);
    const { view } = this;
    const apart = size + length - written;
    const end = view.byteLength - size - length;
    // As above.
    for (let at = end + length - wordBytes; at > end - wordBytes; at -= wordBytes)
      view.setInt32(at, view.getInt32(at + apart, true), true);
    return size + length;
  }

  raw(bytes: Uint8Array, size: number): number {
    this.reserve(size, bytes.length);
    this.bytes.set(bytes, this.bytes.length - size - bytes.length);
    return size + bytes.length;
  }

  text(text: string, size: number): number {
    const { length } = text;
    this.reserve(size, length * maxBytesPerUnit);
    const { bytes } = this;
    const start = bytes.length - size - length;
    for (let i = 0; i < length; i++) {
      const code = text.charCodeAt(i);
      if (code >= firstNonAscii) return this.raw(Buffer.from(text), size);
      bytes[start + i] = code;
    }
    return size + length;
  }

  byte(value: number, size: number): number {
    this.reserve(size, 1);
    this.bytes[this.bytes.length - size - 1] = value;
    return size + 1;
  }

  /** A whole number, not negative. */
  varint(value: number, size: number): number {
    this.reserve(size, longestVarint);
    const { bytes } = this;
    const end = bytes.length - size;
    if (value < sevenBits) {
      bytes[end - 1] = value;
      return size + 1;
    }
    if (value < twoGroups) {
      bytes[end - 1] = value >> 7;
      bytes[end - 2] = value | sevenBits;
      return size + 2;
    }
    return size + writeVarint(bytes, end, value);
  }

  /** Puts tag and length before what was written since the size was `from`. */
  wrap(tag: number, from: number, size: number): number {
    return this.byte(tag, this.varint(size - from, size));
  }

  /** Eight bytes, the lower half first. */
  fixed64(high: number, low: number, size: number): number {
    this.reserve(size, wordBytes * 2);
    const { view } = this;
    const end = view.byteLength - size;
    view.setInt32(end - wordBytes, high, true);
    view.setInt32(end - wordBytes * 2, low, true);
    return size + wordBytes * 2;
  }

  /** Eight bytes as a field with its length, most significant first. */
  id(tag: number, { high, low }: { readonly high: number; readonly low: number }, size: number): number {
    this.reserve(size, wordBytes * 2 + 2);
    const { view, bytes } = this;
    const end = view.byteLength - size;
    view.setInt32(end - wordBytes, low);
    view.setInt32(end - wordBytes * 2, high);
    bytes[end - wordBytes * 2 - 1] = wordBytes * 2;
    bytes[end - wordBytes * 2 - 2] = tag;
    return size + wordBytes * 2 + 2;
  }

  double(value: number, size: number): number {
    this.reserve(size, wordBytes * 2);
    this.view.setFloat64(this.view.byteLength - size - wordBytes * 2, value, true);
    return size + wordBytes * 2;
  }

  // Words may begin before what they hold.
  private reserve(size: number, more: number): void {
    if (size + more + wordBytes > this.bytes.length) this.grow(size, size + more + wordBytes);
  }

  private grow(size: number, needed: number): void {
    const bigger = Buffer.allocUnsafeSlow(Math.max(this.bytes.length * 2, needed));
    bigger.set(this.finish(size), bigger.length - size);
    this.bytes = bigger;
    this.view = viewOf(bigger);
  }
}

// Says how many bytes it took.
function writeVarint(bytes: Uint8Array, end: number, value: number): number {
  let count = 1;
  for (let rest = value; rest >= sevenBits; rest = Math.floor(rest / sevenBits)) count++;
  let rest = value;
  for (let at = end - count; at < end - 1; at++, rest = Math.floor(rest / sevenBits))
    bytes[at] = (rest % sevenBits) | sevenBits;
  bytes[end - 1] = rest;
  return count;
}

function viewOf({ buffer, byteOffset, byteLength }: Buffer): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}
