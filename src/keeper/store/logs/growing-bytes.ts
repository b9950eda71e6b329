// Bytes that grow by doubling, outside the JS heap. What was written stays where it is only until the next growth, so
// readers take `bytes` anew each time.

export class GrowingBytes {
  #bytes: Buffer;
  length = 0;

  constructor(capacity: number) {
    this.#bytes = Buffer.allocUnsafeSlow(capacity);
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
    // A call into the runtime costs more than a few bytes do.
    if (length > 48) bytes.set(source.subarray(start, end), at);
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
    if (this.#bytes.length - this.length < 4096) return;
    const exact = Buffer.allocUnsafeSlow(this.length);
    this.#bytes.copy(exact, 0, 0, this.length);
    this.#bytes = exact;
  }

  #reserve(more: number): void {
    if (this.length + more <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(this.length + more, this.#bytes.length * 2));
    this.#bytes.copy(larger, 0, 0, this.length);
    this.#bytes = larger;
  }
}
