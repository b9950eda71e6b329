// Numbers for byte strings: the same bytes under the same seed get the same number, without making a string of them first.
// Open addressing over typed arrays; keys are copied, so the bytes looked up may go away.

import { hashBytes } from './hash-bytes.ts';

const firstSlots = 256;
const none = -1;

export class ByteTable {
  /** How many byte strings have a number; numbers count from 0. */
  size = 0;
  #slots = new Int32Array(firstSlots).fill(none);
  #hashes = new Int32Array(firstSlots / 2);
  #seeds = new Int32Array(firstSlots / 2);
  #starts = new Int32Array(firstSlots / 2 + 1);
  #bytes: Buffer = Buffer.allocUnsafeSlow(4096);

  /** The number of `bytes[start … end)` under a seed; -1 if it has none. */
  find(seed: number, bytes: Uint8Array, start: number, end: number): number {
    const hash = hashBytes(seed, bytes, start, end);
    const mask = this.#slots.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const id = this.#slots[slot] ?? none;
      if (id === none) return none;
      if (this.#hashes[id] === hash && this.#seeds[id] === seed && this.#holds(id, bytes, start, end)) return id;
    }
  }

  /** Gives a number to bytes that have none. */
  add(seed: number, bytes: Uint8Array, start: number, end: number): number {
    if (this.size * 2 >= this.#slots.length) this.#grow();
    const id = this.size++;
    const from = this.#starts[id] ?? 0;
    this.#hashes[id] = hashBytes(seed, bytes, start, end);
    this.#seeds[id] = seed;
    this.#reserve(from + end - start);
    for (let i = start; i < end; i++) this.#bytes[from + i - start] = bytes[i] ?? 0;
    this.#starts[id + 1] = from + end - start;
    this.#place(id);
    return id;
  }

  /** Forgets everything; numbers begin anew. */
  clear(): void {
    this.size = 0;
    this.#slots.fill(none);
  }

  #holds(id: number, bytes: Uint8Array, start: number, end: number): boolean {
    const from = this.#starts[id] ?? 0;
    if ((this.#starts[id + 1] ?? 0) - from !== end - start) return false;
    for (let i = start; i < end; i++) if (this.#bytes[from + i - start] !== bytes[i]) return false;
    return true;
  }

  #place(id: number): void {
    const mask = this.#slots.length - 1;
    let slot = (this.#hashes[id] ?? 0) & mask;
    while (this.#slots[slot] !== none) slot = (slot + 1) & mask;
    this.#slots[slot] = id;
  }

  #grow(): void {
    const slots = this.#slots.length * 2;
    const [hashes, seeds, starts] = [this.#hashes, this.#seeds, this.#starts];
    this.#hashes = new Int32Array(slots / 2);
    this.#seeds = new Int32Array(slots / 2);
    this.#starts = new Int32Array(slots / 2 + 1);
    this.#hashes.set(hashes);
    this.#seeds.set(seeds);
    this.#starts.set(starts);
    this.#slots = new Int32Array(slots).fill(none);
    for (let id = 0; id < this.size; id++) this.#place(id);
  }

  #reserve(length: number): void {
    if (length <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(length, this.#bytes.length * 2));
    this.#bytes.copy(larger);
    this.#bytes = larger;
  }
}
