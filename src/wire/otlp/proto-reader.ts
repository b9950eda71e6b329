// A protobuf reader that does not run past the end: `pbf` trusts its input, telemetry is hostile. Adds 64-bit integers
// without loss, strings and hex through Buffer (faster than TextDecoder), and an end that nested messages must respect.
import { PbfReader } from 'pbf';
import { MalformedOtlp } from './malformed.ts';

/** https://protobuf.dev/programming-guides/encoding/#structure */
export const wireType = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;
export type WireType = (typeof wireType)[keyof typeof wireType];

/** Names are looked up by a hash of their bytes; a power of two. */
const nameSlots = 256;
const longestName = 64;
/** The numbers of fields are below 2,048 in OTLP. */
const longestTag = 2;
const longestLength = 5;
const longestVarint = 10;
/** A byte from here on has another one after it. */
const varintMore = 0x80;

interface KnownName {
  readonly start: number;
  readonly length: number;
  readonly text: string;
}

export class ProtoReader extends PbfReader {
  readonly bytes: Buffer;
  private readonly names: (KnownName | undefined)[] = new Array(nameSlots);
  /** Where the message being read ends; a length that reaches beyond it is a fault. */
  end: number;
  /** Did a tag, a length or an `int64` take more bytes than it can need? Some decoders refuse what others read. */
  hasLongNumber = false;

  constructor(bytes: Buffer) {
    super(bytes);
    this.bytes = bytes;
    this.end = bytes.length;
  }

  /** The number of the next field, skipping the one before if it was not read; 0 at `end`. */
  override nextField(end: number): number {
    if (this.pos === this._valueStart) this.skip(this.type);
    if (this.pos >= end) return 0;
    const start = this.pos;
    const first = this.bytes[start]!; // below an end, which is not beyond the body
    let number = first >> 3;
    if (first < varintMore) {
      this._valueStart = this.pos = start + 1;
      this.type = first & 7;
    } else {
      number = super.nextField(end);
      if (this.pos - start > longestTag) this.hasLongNumber = true;
    }
    if (number === 0) throw new MalformedOtlp(`field number 0 at byte ${this.pos}`);
    return number;
  }

  /** Skips the field whose tag was read last at once, for whoever notes where the next one begins. */
  skipField(): void {
    this.skip(this.type);
  }

  /** Goes into a length-prefixed message: `end` is its end from now on. Returns what `leave` needs to come out again. */
  enter(): number {
    const outerEnd = this.end;
    this.end = this.readEnd();
    return outerEnd;
  }

  /** Comes out of a message, and checks that it was consumed exactly. */
  leave(outerEnd: number): void {
    if (this.pos !== this.end) throw new MalformedOtlp(`protobuf message is cut off at byte ${this.bytes.length}`);
    this.end = outerEnd;
  }

  /** A text that comes again and again, such as the name of an attribute: the same string object within a body. */
  readName(): string {
    const end = this.readEnd();
    const start = this.pos;
    this.pos = end;
    const length = end - start;
    if (length > longestName) return this.bytes.toString('utf8', start, end);
    let hash = length;
    for (let i = start; i < end; i++) hash = (Math.imul(hash, 31) + this.bytes[i]!) | 0; // i is inside the body
    const slot = hash & (nameSlots - 1);
    const known = this.names[slot];
    if (known !== undefined && known.length === length && this.isSame(known.start, start, length)) return known.text;
    const text = this.bytes.toString('utf8', start, end);
    this.names[slot] = { start, length, text };
    return text;
  }

  readText(): string {
    const end = this.readEnd();
    const text = this.bytes.toString('utf8', this.pos, end);
    this.pos = end;
    return text;
  }

  readHex(): string {
    const end = this.readEnd();
    const text = this.bytes.toString('hex', this.pos, end);
    this.pos = end;
    return text;
  }

  /** A copy, so that what is kept does not hold the whole body in memory. */
  readBlob(): Uint8Array {
    const end = this.readEnd();
    const blob = new Uint8Array(this.bytes.subarray(this.pos, end));
    this.pos = end;
    return blob;
  }

  readUint64(): bigint {
    this.need(8);
    const value = this.dataView.getBigUint64(this.pos, true);
    this.pos += 8;
    return value;
  }

  /** fixed64 as a count: inexact beyond 2^53. */
  readCount64(): number {
    this.need(8);
    return this.readFixed64();
  }

  /** sfixed64 as a number: inexact beyond 2^53. */
  readNumber64(): number {
    this.need(8);
    return this.readSFixed64();
  }

  /** fixed64 nanoseconds as whole milliseconds, exactly; `unsetMs` for 0, which is "not set". */
  readTimeMs(unsetMs: number): number {
    this.need(8);
    const low = this.readFixed32();
    const high = this.readFixed32();
    if (low === 0 && high === 0) return unsetMs;
    // 2^32 ns are 4294 ms and 967296 ns, so that every intermediate stays below 2^53.
    return high * 4294 + Math.floor((high * 967_296 + low) / 1_000_000);
  }

  readInt64Fixed(): bigint {
    this.need(8);
    const value = this.dataView.getBigInt64(this.pos, true);
    this.pos += 8;
    return value;
  }

  readFloat64(): number {
    this.need(8);
    return this.readDouble();
  }

  readUint32(): number {
    this.need(4);
    return this.readFixed32();
  }

  /** A varint as int64: a number when it is safe, else a bigint. */
  readInt64(): number | bigint {
    const start = this.pos;
    const value = this.readVarint(true);
    if (this.pos - start >= longestVarint && this.bytes[this.pos - 1] !== 1) this.hasLongNumber = true;
    if (Number.isSafeInteger(value)) return value;
    this.pos = start;
    let bits = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.bytes[this.pos++] ?? 0;
      bits |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) break;
    }
    return BigInt.asIntN(64, bits);
  }

  /** Where the length-prefixed value at the cursor ends; the cursor then stands at its first byte. */
  readEnd(): number {
    const start = this.pos;
    let length = this.bytes[start]!; // reading beyond the body is found out by the caller
    if (length < varintMore) this.pos++;
    else {
      length = this.readVarint();
      if (this.pos - start > longestLength) this.hasLongNumber = true;
    }
    const end = this.pos + length;
    if (end > this.end) throw new MalformedOtlp(`length ${length} at byte ${this.pos} reaches beyond its message`);
    return end;
  }

  private isSame(a: number, b: number, length: number): boolean {
    for (let i = 0; i < length; i++) if (this.bytes[a + i] !== this.bytes[b + i]) return false;
    return true;
  }

  private need(count: number): void {
    if (this.pos + count > this.end) throw new MalformedOtlp(`protobuf message is cut off at byte ${this.end}`);
  }
}
