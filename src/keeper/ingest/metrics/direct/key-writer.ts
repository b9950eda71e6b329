// Gathers the bytes that make a key. As long as they stand side by side in the body, which is nearly always, nothing is copied.
import type { ByteRange } from '../../../../std/bytes-map.ts';

const nothing = Buffer.alloc(0);
/** Room for copies that is kept from one export to the next. */
const keptBytes = 64 * 1024;

export class KeyWriter {
  #body: Buffer = nothing;
  #copy: Buffer | undefined;
  #copied = 0;
  #isCopying = false;
  readonly #range: { bytes: Buffer; start: number; end: number } = { bytes: nothing, start: 0, end: 0 };

  /** Begins a key of the bytes of a body. */
  start(body: Buffer): void {
    this.#body = body;
    this.#isCopying = false;
    this.#copied = 0;
    this.#range.start = 0;
    this.#range.end = 0;
  }

  /** Lets go of the body. */
  close(): void {
    this.#body = nothing;
    this.#range.bytes = nothing;
    if (this.#copy !== undefined && this.#copy.length > keptBytes) this.#copy = undefined;
  }

  /** Adds a range of the body. */
  put(start: number, end: number): void {
    const range = this.#range;
    if (this.#isCopying) this.#append(start, end);
    else if (range.end === 0) {
      range.start = start;
      range.end = end;
    } else if (range.end === start) range.end = end;
    else {
      this.#isCopying = true;
      this.#append(range.start, range.end);
      this.#append(start, end);
    }
  }

  putByte(value: number): void {
    this.#copyWhatIsThere();
    this.#reserve(1)[this.#copied++] = value;
  }

  putInt(value: number): void {
    this.#copyWhatIsThere();
    this.#copied = this.#reserve(4).writeInt32LE(value | 0, this.#copied);
  }

  putDouble(value: number): void {
    this.#copyWhatIsThere();
    this.#copied = this.#reserve(8).writeDoubleLE(value, this.#copied);
  }

  /** How many bytes there are. */
  get length(): number {
    return this.#isCopying ? this.#copied : this.#range.end - this.#range.start;
  }

  /** The key; good until the next `start`, always the same object. */
  range(): ByteRange {
    const range = this.#range;
    range.bytes = this.#isCopying && this.#copy ? this.#copy : this.#body;
    if (this.#isCopying) {
      range.start = 0;
      range.end = this.#copied;
    }
    return range;
  }

  #copyWhatIsThere(): void {
    if (this.#isCopying) return;
    this.#isCopying = true;
    this.#append(this.#range.start, this.#range.end);
  }

  #append(start: number, end: number): void {
    this.#body.copy(this.#reserve(end - start), this.#copied, start, end);
    this.#copied += end - start;
  }

  #reserve(more: number): Buffer {
    const held = this.#copy;
    if (held !== undefined && this.#copied + more <= held.length) return held;
    const larger = Buffer.allocUnsafe(Math.max(1024, (this.#copied + more) * 2));
    held?.copy(larger, 0, 0, this.#copied);
    this.#copy = larger;
    return larger;
  }
}
