// A map whose keys are byte ranges of other buffers: looking one up makes no string and no object. Keys live in one growing
// buffer outside the heap. Input is hostile, so probing is bounded: keys made to collide cost a miss, never time.

import { hashBytes } from './hash-bytes.ts';

const firstSlots = 256;
const longestProbe = 64;
const entryFields = 4; // hash, scope, offset, length

/** A range of bytes within a buffer. */
export interface ByteRange {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
}

export class BytesMap<V> {
  /** Index of an entry plus one; 0 is free. */
  #slots = new Int32Array(firstSlots);
  #entries = new Int32Array((firstSlots / 2) * entryFields);
  #values: V[] = [];
  #keys = Buffer.alloc(0);
  #keyBytes = 0;
  /** The entry found last: keys that were added one after the other are mostly asked for in that order, too. */
  #found = 0;

  get size(): number {
    return this.#values.length;
  }

  /** Bytes that all keys take. */
  get keyBytes(): number {
    return this.#keyBytes;
  }

  /** The value of a key; `scope` is part of it. */
  get(scope: number, { bytes, start, end }: ByteRange): V | undefined {
    const guess = this.#found + 1;
    if (guess < this.size && this.#isKey(guess, scope, bytes, start, end)) {
      this.#found = guess;
      return this.#values[guess];
    }
    const hash = hashBytes(scope, bytes, start, end);
    const mask = this.#slots.length - 1;
    for (let probe = 0; probe < longestProbe; probe++) {
      const entry = this.#slots[(hash + probe) & mask]! - 1; // the mask keeps it inside
      if (entry < 0) return undefined;
      if (this.#entries[entry * entryFields] !== hash || !this.#isKey(entry, scope, bytes, start, end)) continue;
      this.#found = entry;
      return this.#values[entry];
    }
    return undefined;
  }

  /** Adds a key that is not there yet; a copy of its bytes is kept. */
  set(scope: number, { bytes, start, end }: ByteRange, value: V): void {
    if (this.size * 2 >= this.#slots.length) this.#grow();
    const hash = hashBytes(scope, bytes, start, end);
    const entry = this.size;
    if (!this.#place(entry, hash)) return;
    const at = entry * entryFields;
    this.#entries[at] = hash;
    this.#entries[at + 1] = scope;
    this.#entries[at + 2] = this.#keyBytes;
    this.#entries[at + 3] = end - start;
    this.#keep(bytes, start, end);
    this.#values.push(value);
  }

  clear(): void {
    this.#slots = new Int32Array(firstSlots);
    this.#entries = new Int32Array((firstSlots / 2) * entryFields);
    this.#values = [];
    this.#keys = Buffer.alloc(0);
    this.#keyBytes = 0;
    this.#found = 0;
  }

  #isKey(entry: number, scope: number, bytes: Uint8Array, start: number, end: number): boolean {
    const at = entry * entryFields;
    if (this.#entries[at + 1] !== scope || this.#entries[at + 3] !== end - start) return false;
    const keys = this.#keys;
    // Backwards, since keys of one kind differ at their end more often than at their start.
    let own = this.#entries[at + 2]! + end - start; // entries are four numbers each
    for (let from = end - 1; from >= start; from--) if (keys[--own] !== bytes[from]) return false;
    return true;
  }

  #place(entry: number, hash: number): boolean {
    const mask = this.#slots.length - 1;
    for (let probe = 0; probe < longestProbe; probe++) {
      const slot = (hash + probe) & mask;
      if (this.#slots[slot] !== 0) continue;
      this.#slots[slot] = entry + 1;
      return true;
    }
    return false;
  }

  #keep(bytes: Uint8Array, start: number, end: number): void {
    const length = end - start;
    if (this.#keyBytes + length > this.#keys.length) {
      const larger = Buffer.allocUnsafe(Math.max(4096, (this.#keyBytes + length) * 2));
      larger.set(this.#keys.subarray(0, this.#keyBytes));
      this.#keys = larger;
    }
    this.#keys.set(bytes.subarray(start, end), this.#keyBytes);
    this.#keyBytes += length;
  }

  #grow(): void {
    this.#slots = new Int32Array(this.#slots.length * 2);
    const entries = new Int32Array((this.#slots.length / 2) * entryFields);
    entries.set(this.#entries);
    this.#entries = entries;
    // An entry that finds no place is not found any more, and will be added again.
    for (let entry = 0; entry < this.size; entry++) this.#place(entry, entries[entry * entryFields]!); // within size
  }
}
