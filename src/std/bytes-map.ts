// A map whose keys are byte ranges of other buffers: looking one up makes no string and no object.
import { ByteTable, type KeysAhead } from './byte-table.ts';

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

  /** The keys of a scope that are likely asked for next; good until the next `set`. */
  ahead(scope: number): KeysAhead {
    return this.#table.ahead(scope);
  }

  /** Hands on the values of the next `count` keys ahead, which were found to be the ones asked for. */
  takeAhead(count: number, visit: (value: V, at: number) => void): void {
    const { first } = this.#table.ahead(0);
    this.#table.noteAhead(count);
    for (let at = 0; at < count; at++) visit(this.#values[first + at]!, at); // there are as many values as keys
  }

  clear(): void {
    this.#table.clear();
    this.#values = [];
  }
}
