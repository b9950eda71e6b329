// Bytes that grow, outside the JS heap. What was written stays where it is only until the next growth, so readers take
// `bytes` anew each time.

/** From here on room grows in large steps: the system hands out memory only when it is written to, so room costs little, copying much. */
const generousBytes = 64 * 1024;
const generousGrowth = 16;
/** Less is not worth a copy: bytes, and as a part of all. */
const smallestWaste = { bytes: 4096, part: 1 / 16 };
/** A call into the runtime costs more than copying so few bytes one by one. */
const fewBytes = 48;

export class GrowingBytes {
  #bytes: Buffer;
  readonly #usualMaximum: number;
  length = 0;

  /** Room does not grow beyond `usualMaximum` without need. */
  constructor(capacity: number, usualMaximum = Number.POSITIVE_INFINITY) {
    this.#bytes = Buffer.allocUnsafeSlow(capacity);
    this.#usualMaximum = usualMaximum;
  }

  get bytes(): Buffer {
    return this.#bytes;
  }

  /** Appends a text as UTF-8 and says how many bytes it took. */
  writeText(text: string): number {
    // No UTF-16 unit takes more than three bytes.
    this.#reserve(text.length * 3);
    const written = this.#bytes.write(text, this.length, 'utf8');
    this.length += written;
    return written;
  }

  /** Appends `source[start … end)`. */
  writeRange(source: Uint8Array, start: number, end: number): void {
    const length = end - start;
    this.#reserve(length);
    const bytes = this.#bytes;
    const at = this.length;
    if (length > fewBytes) bytes.set(new Uint8Array(source.buffer, source.byteOffset + start, length), at);
    else for (let i = 0; i < length; i++) bytes[at + i] = source[start + i] ?? 0;
    this.length = at + length;
  }

  /** Appends a number, seven bits a byte, the lowest first. */
  writeVarint(number: number): void {
    this.#reserve(8);
    const bytes = this.#bytes;
    let rest = number;
    while (rest >= 128) {
      bytes[this.length++] = (rest % 128) + 128;
      rest = Math.floor(rest / 128);
    }
    bytes[this.length++] = rest;
  }

  /** Gives back what was reserved and not used. */
  shrink(): void {
    const waste = this.#bytes.length - this.length;
    if (waste < smallestWaste.bytes || waste < this.length * smallestWaste.part) return;
    const exact = Buffer.allocUnsafeSlow(this.length);
    this.#bytes.copy(exact, 0, 0, this.length);
    this.#bytes = exact;
  }

  #reserve(more: number): void {
    if (this.length + more <= this.#bytes.length) return;
    const capacity = this.#bytes.length;
    const grown = capacity * (capacity < generousBytes ? 2 : generousGrowth);
    const wished = capacity < this.#usualMaximum ? Math.min(grown, this.#usualMaximum) : capacity * 2;
    const larger = Buffer.allocUnsafeSlow(Math.max(this.length + more, wished));
    this.#bytes.copy(larger, 0, 0, this.length);
    this.#bytes = larger;
  }
}
