// A map whose keys are byte ranges of other buffers: looking one up makes no string and no object.
import { ByteTable } from './byte-table.ts';

/** A range of bytes within a buffer. */
export interface ByteRange {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
}

export class BytesMap<V> {
  readonly #table = new ByteTable();
  #values: V[] = [];

  get size(): number {
    return this.#table.size;
  }

  /** Bytes that all keys take. */
  get keyBytes(): number {
    return this.#table.keyBytes;
  }

  /** The value of the key `bytes[start … end)`; `scope` is part of it. */
  get(scope: number, bytes: Uint8Array, start: number, end: number): V | undefined {
    const id = this.#table.find(scope, bytes, start, end);
    return id === -1 ? undefined : this.#values[id];
  }

  /** Adds a key that is not there yet; a copy of its bytes is kept. Keys made to collide are left out. */
  set(scope: number, { bytes, start, end }: ByteRange, value: V): void {
    if (this.#table.add(scope, bytes, start, end) !== -1) this.#values.push(value);
  }

  clear(): void {
    this.#table.clear();
    this.#values = [];
  }
}
