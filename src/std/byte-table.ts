// Numbers for byte strings: the same bytes under the same seed get the same number, without making a string of them first.
// Open addressing over typed arrays; keys are copied, so the bytes looked up may go away. Input is hostile, so probing is
// bounded: keys made to collide cost a miss, never time.

import { hashBytes } from './hash-bytes.ts';

const firstSlots = 256;
const firstBytes = 4096;
const longestProbe = 64;
const entryFields = 4; // hash, seed, start, length
const none = -1;

/** The byte strings of a table behind the one found last. */
export interface KeysAhead {
  /** The seed under which they are looked for. */
  readonly seed: number;
  /** Four numbers for each of the table: hash, seed, and its start and length in `keys`. */
  readonly entries: Int32Array;
  readonly keys: Uint8Array;
  /** The first of them, and how many there are. */
  readonly first: number;
  readonly count: number;
}

export class ByteTable {
  /** How many byte strings have a number; numbers count from 0. */
  size = 0;
  /** Bytes that all keys take. */
  keyBytes = 0;
  /** A number plus one; 0 is free. */
  #slots = new Int32Array(firstSlots);
  #entries = new Int32Array((firstSlots / 2) * entryFields);
  #keys: Buffer = Buffer.allocUnsafeSlow(firstBytes);
  /** The number found last: keys that were added one after the other are mostly asked for in that order, too. */
  #found = none;

  /** The number of `bytes[start … end)` under a seed; -1 if it has none. */
  find(seed: number, bytes: Uint8Array, start: number, end: number): number {
    const guess = this.#found + 1;
    if (guess < this.size && this.#holds(guess, seed, bytes, start, end)) return this.#note(guess);
    const hash = hashBytes(seed, bytes, start, end);
    const mask = this.#slots.length - 1;
    for (let probe = 0; probe < longestProbe; probe++) {
      const id = this.#slots[(hash + probe) & mask]! - 1; // the mask keeps it inside
      if (id < 0) return none;
      if (this.#entries[id * entryFields] === hash && this.#holds(id, seed, bytes, start, end)) return this.#note(id);
    }
    return none;
  }

  /** Gives a number to bytes that have none; -1 when too many keys before it collide with it. */
  add(seed: number, bytes: Uint8Array, start: number, end: number): number {
    if (this.size * 2 >= this.#slots.length) this.#grow();
    const hash = hashBytes(seed, bytes, start, end);
    const id = this.size;
    if (!this.#place(id, hash)) return none;
    this.size++;
    const at = id * entryFields;
    this.#entries[at] = hash;
    this.#entries[at + 1] = seed;
    this.#entries[at + 2] = this.keyBytes;
    this.#entries[at + 3] = end - start;
    this.#keep(bytes, start, end);
    return id;
  }

  /** Those that are likely asked for next, for who compares them by himself; good until the next `add`. */
  ahead(seed: number): KeysAhead {
    const first = this.#found + 1;
    return { seed, entries: this.#entries, keys: this.#keys, first, count: this.size - first };
  }

  /** Says that so many of those ahead were found, one after the other. */
  noteAhead(count: number): void {
    this.#found += count;
  }

  /** Forgets everything; numbers begin anew. */
  clear(): void {
    this.size = 0;
    this.keyBytes = 0;
    this.#found = none;
    this.#slots = new Int32Array(firstSlots);
    this.#entries = new Int32Array((firstSlots / 2) * entryFields);
    this.#keys = Buffer.allocUnsafeSlow(firstBytes);
  }

  #note(id: number): number {
    this.#found = id;
    return id;
  }

  #holds(id: number, seed: number, bytes: Uint8Array, start: number, end: number): boolean {
    const at = id * entryFields;
    if (this.#entries[at + 1] !== (seed | 0) || this.#entries[at + 3] !== end - start) return false;
    const keys = this.#keys;
    // Backwards, since keys of one kind differ at their end more often than at their start.
    let own = this.#entries[at + 2]! + end - start; // entries are four numbers each
    for (let from = end - 1; from >= start; from--) if (keys[--own] !== bytes[from]) return false;
    return true;
  }

  #place(id: number, hash: number): boolean {
    const mask = this.#slots.length - 1;
    for (let probe = 0; probe < longestProbe; probe++) {
      const slot = (hash + probe) & mask;
      if (this.#slots[slot] !== 0) continue;
      this.#slots[slot] = id + 1;
      return true;
    }
    return false;
  }

  #keep(bytes: Uint8Array, start: number, end: number): void {
    const needed = this.keyBytes + end - start;
    if (needed > this.#keys.length) {
      const larger = Buffer.allocUnsafeSlow(needed * 2);
      this.#keys.copy(larger, 0, 0, this.keyBytes);
      this.#keys = larger;
    }
    const keys = this.#keys;
    for (let from = start, to = this.keyBytes; from < end; from++, to++) keys[to] = bytes[from]!; // end is inside
    this.keyBytes = needed;
  }

  #grow(): void {
    this.#slots = new Int32Array(this.#slots.length * 2);
    const entries = new Int32Array((this.#slots.length / 2) * entryFields);
    entries.set(this.#entries);
    this.#entries = entries;
    // A key that finds no place is not found any more, and will be added again.
    for (let id = 0; id < this.size; id++) this.#place(id, entries[id * entryFields]!); // within size
  }
}
