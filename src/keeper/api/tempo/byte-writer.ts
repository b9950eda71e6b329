// Text into bytes, written in place: for answers of many small pieces, where strings would be garbage.
import { endianness } from 'node:os';

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
/** Shorter pieces are copied in a loop: calling the runtime takes longer. */
const longestLoop = 256;
const wordBytes = 4;
const bitsPerByte = 8;
const doubleBytes = 8;
const isLittleEndian = endianness() === 'LE';
const tenThousand = 10_000;

/** Bytes that are written again and again. */
export interface Piece {
  /** Its bytes, eight by eight; the last ones may be beyond it. No text in UTF-8 reads as NaN, whose bits need not survive. */
  readonly doubles: Float64Array;
  readonly length: number;
}

/** Makes a piece of a text. */
export function makePiece(text: string): Piece {
  return pieceOf(Buffer.from(text));
}

/** Makes a piece of bytes. */
export function pieceOf(bytes: Uint8Array): Piece {
  const doubles = new Float64Array(Math.ceil(bytes.length / doubleBytes));
  new Uint8Array(doubles.buffer).set(bytes);
  return { doubles, length: bytes.length };
}

export class ByteWriter {
  private bytes: Buffer;
  private view: DataView;
  private readonly seconds = new Map<number, Piece>();
  private length = 0;

  /** Writes into `room` as long as it is large enough. */
  constructor(room: Buffer = Buffer.allocUnsafeSlow(initialBytes)) {
    this.bytes = room;
    this.view = viewOf(room);
  }

  /** What was written; no copy is made, so it ends the writing. */
  finish(): Buffer {
    return this.bytes.subarray(0, this.length);
  }

  piece({ doubles, length }: Piece): void {
    this.reserve(length);
    const { view } = this;
    let at = this.length;
    // In the order of the machine, as they were read.
    for (let i = 0; i < doubles.length; i++, at += doubleBytes) view.setFloat64(at, doubles[i]!, isLittleEndian);
    this.length += length;
  }

  /** How many bytes there are so far. */
  get position(): number {
    return this.length;
  }

  /** Takes the last bytes back. */
  takeBack(count: number): void {
    this.length -= count;
  }

  /** Writes once more what stands from `start` up to `end`. */
  again(start: number, end: number): void {
    this.reserve(end - start);
    const { bytes, view } = this;
    let at = this.length;
    if (end - start > longestLoop) bytes.copy(bytes, at, start, end);
    else
      for (let place = start; place < end; place += doubleBytes, at += doubleBytes)
        view.setFloat64(at, view.getFloat64(place, true), true);
    this.length += end - start;
  }

  /** Bytes that stand elsewhere. */
  raw(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    this.bytes.set(bytes, this.length);
    this.length += bytes.length;
  }

  /** Text of ASCII only. */
  ascii(text: string): void {
    this.reserve(text.length);
    const { bytes } = this;
    let at = this.length;
    for (let i = 0; i < text.length; i++) bytes[at++] = text.charCodeAt(i);
    this.length = at;
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
    this.piece(this.seconds.get(sec) ?? this.addSecond(sec));
    this.reserve(nanoDigits);
    const { view, length } = this;
    const rest = Math.floor(nano / tenThousand);
    const first = Math.floor(rest / tenThousand);
    this.bytes[length] = zero + first;
    view.setInt32(length + 1, fourDigits(rest - first * tenThousand), true);
    view.setInt32(length + 1 + wordBytes, fourDigits(nano - rest * tenThousand), true);
    this.length += nanoDigits;
  }

  private addSecond(sec: number): Piece {
    const made = makePiece(String(sec));
    this.seconds.set(sec, made);
    return made;
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
    if (count > wordBytes) this.digits(value, count);
    else {
      this.view.setInt32(this.length, fourDigits(value) >>> (bitsPerByte * (wordBytes - count)), true);
      this.length += count;
    }
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
    // The last words and doubles may reach beyond what is written.
    const needed = this.length + more + doubleBytes;
    if (needed <= this.bytes.length) return;
    const bigger = Buffer.allocUnsafeSlow(Math.max(this.bytes.length * 2, needed));
    bigger.set(this.bytes.subarray(0, this.length));
    this.bytes = bigger;
    this.view = viewOf(bigger);
  }
}

function viewOf({ buffer, byteOffset, byteLength }: Buffer): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}

// The digits of a number below 10,000 as a word. Multiplying and shifting divides by 100 and by 10, exactly for such numbers.
function fourDigits(number: number): number {
  const hundreds = (number * 5243) >>> 19;
  const rest = number - hundreds * 100;
  const first = (hundreds * 103) >>> 10;
  const third = (rest * 103) >>> 10;
  const digits = first | ((hundreds - first * 10) << 8) | (third << 16) | ((rest - third * 10) << 24);
  return digits + zero * 0x01010101;
}
