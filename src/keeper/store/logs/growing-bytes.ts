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

  writeBytes(bytes: Buffer): void {
    this.#reserve(bytes.length);
    bytes.copy(this.#bytes, this.length);
    this.length += bytes.length;
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
