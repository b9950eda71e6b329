// Text into bytes, written in place: for answers of many small pieces, where strings would be garbage.

const zero = 0x30;
const quote = 0x22;
const backslash = 0x5c;
const firstPrintable = 0x20;
const lastAscii = 0x7e;
const base64Digits = Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/');
const padding = 0x3d;
const maxBytesPerUnit = 3;
const nanoDigits = 9;
const initialBytes = 64 * 1024;
const largestFast = 1e15;
/** Shorter pieces are copied byte by byte: calling the runtime takes longer. */
const longestLoop = 32;

export class ByteWriter {
  private bytes: Buffer;
  private length = 0;

  /** `expectedBytes`: so much is likely to be written. */
  constructor(expectedBytes = initialBytes) {
    this.bytes = Buffer.allocUnsafe(expectedBytes);
  }

  /** What was written; no copy is made, so it ends the writing. */
  finish(): Buffer {
    return this.bytes.subarray(0, this.length);
  }

  raw(piece: Uint8Array): void {
    this.reserve(piece.length);
    const { bytes } = this;
    if (piece.length > longestLoop) {
      bytes.set(piece, this.length);
      this.length += piece.length;
      return;
    }
    let at = this.length;
    for (let i = 0; i < piece.length; i++) bytes[at++] = piece[i]!; // below its length
    this.length = at;
  }

  /** How many bytes there are so far. */
  get position(): number {
    return this.length;
  }

  /** Writes once more what stands from `start` up to `end`. */
  again(start: number, end: number): void {
    this.reserve(end - start);
    this.bytes.copyWithin(this.length, start, end);
    this.length += end - start;
  }

  /** Text that may be anything. */
  text(text: string): void {
    this.reserve(text.length * maxBytesPerUnit);
    this.length += this.bytes.write(text, this.length);
  }

  /** A JSON string with its quotes. */
  quoted(text: string): void {
    this.reserve(text.length + 2);
    const { bytes } = this;
    let at = this.length;
    bytes[at++] = quote;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code < firstPrintable || code > lastAscii || code === quote || code === backslash) {
        this.text(JSON.stringify(text)); // over what was written so far
        return;
      }
      bytes[at++] = code;
    }
    bytes[at++] = quote;
    this.length = at;
  }

  /** Nanoseconds since 1970, in two parts. */
  nanos(sec: number, nano: number): void {
    if (sec === 0) {
      this.number(nano);
      return;
    }
    this.number(sec);
    this.reserve(nanoDigits);
    this.digits(nano, nanoDigits);
  }

  /** A whole number. */
  number(value: number | bigint): void {
    if (typeof value === 'bigint' || value < 0 || value > largestFast) {
      this.text(String(value));
      return;
    }
    let count = 1;
    for (let bound = 10; value >= bound; bound *= 10) count++;
    this.reserve(count);
    this.digits(value, count);
  }

  /** The eight bytes of a span id in base64. */
  spanId(high: number, low: number): void {
    const size = 12;
    this.reserve(size);
    this.base64(high >>> 8);
    this.base64(((high & 0xff) << 16) | (low >>> 16));
    this.base64((low & 0xffff) << 8);
    this.bytes[this.length - 1] = padding;
  }

  // From the right; there is room.
  private digits(value: number, count: number): void {
    const { bytes } = this;
    let rest = value;
    for (let at = this.length + count - 1; at >= this.length; at--) {
      const next = Math.floor(rest / 10);
      bytes[at] = zero + rest - next * 10;
      rest = next;
    }
    this.length += count;
  }

  // Three bytes as four digits.
  private base64(bits: number): void {
    const { bytes } = this;
    // Six bits are below the number of digits.
    bytes[this.length++] = base64Digits[bits >>> 18]!;
    bytes[this.length++] = base64Digits[(bits >>> 12) & 63]!;
    bytes[this.length++] = base64Digits[(bits >>> 6) & 63]!;
    bytes[this.length++] = base64Digits[bits & 63]!;
  }

  private reserve(more: number): void {
    if (this.length + more <= this.bytes.length) return;
    const bigger = Buffer.allocUnsafe(Math.max(this.bytes.length * 2, this.length + more));
    bigger.set(this.bytes.subarray(0, this.length));
    this.bytes = bigger;
  }
}
