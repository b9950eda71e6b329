// Finds entries of a block that could be equal to one that has just come: a hash table from time and text to rows. Blocks
// make one only when entries come out of order or with equal times; those that come in order cannot have come before.

const none = -1;
const firstRows = 1024;
/** So many bytes of a line are looked at, evenly spread. */
const sampledBytes = 64;

export class EntryIndex {
  #hashes = new Int32Array(firstRows);
  #next = new Int32Array(firstRows);
  #heads = new Int32Array(firstRows * 2).fill(none);

  /** The row that was added last under a hash; -1 if there is none. */
  first(hash: number): number {
    return this.#skipOthers(this.#heads[hash & (this.#heads.length - 1)] ?? none, hash);
  }

  /** The row before `row` under the same hash. */
  next(row: number, hash: number): number {
    return this.#skipOthers(this.#next[row] ?? none, hash);
  }

  /** Rows must be added in order, none left out. */
  add(row: number, hash: number): void {
    if (row >= this.#hashes.length) this.#grow(row);
    this.#hashes[row] = hash;
    this.#link(row, hash);
  }

  #skipOthers(from: number, hash: number): number {
    let row = from;
    while (row !== none && this.#hashes[row] !== hash) row = this.#next[row] ?? none;
    return row;
  }

  #link(row: number, hash: number): void {
    const slot = hash & (this.#heads.length - 1);
    this.#next[row] = this.#heads[slot] ?? none;
    this.#heads[slot] = row;
  }

  #grow(rows: number): void {
    const capacity = this.#hashes.length * 2;
    const hashes = this.#hashes;
    this.#hashes = new Int32Array(capacity);
    this.#hashes.set(hashes);
    this.#next = new Int32Array(capacity);
    this.#heads = new Int32Array(capacity * 2).fill(none);
    for (let row = 0; row < rows; row++) this.#link(row, hashes[row] ?? 0);
  }
}

/** A hash of an entry's time and line. */
export function hashEntry(offsetNs: number, lines: Uint8Array, start: number, end: number): number {
  const stride = 1 + Math.floor((end - start) / sampledBytes);
  let hash =
    Math.imul(offsetNs | 0, 0x9e3779b1) ^ Math.imul((offsetNs / 0x1_0000_0000) | 0, 0x85ebca6b) ^ (end - start);
  for (let i = start; i < end; i += stride) hash = (Math.imul(hash, 31) + (lines[i] ?? 0)) | 0;
  return hash ^ (hash >>> 15);
}
