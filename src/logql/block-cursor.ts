// A place in one block of one stream, and the heap that tells which of many cursors stands at the next entry.
import { placesWith } from './needles.ts';
import { type PlaceSpan, rowAt } from './row-reader.ts';
import type { LogBlock } from './source.ts';
import type { JsonGuard } from './stages/json-guard.ts';
import type { Labels, QueryStats } from './values.ts';

/** Entries looked at in one go; the event loop turns in between. */
const maxSeek = 256;

/** Walks the entries of a block in one direction. With a needle it stands on lines that contain it only. */
export class BlockCursor {
  readonly stream: Labels;
  readonly block: LogBlock;
  /** Nanoseconds after the base of the first block; exact below 2^53, and ties are only ever between equal numbers. */
  time = 0;
  readonly sign: 1 | -1;
  readonly #shift: number;
  readonly #span: PlaceSpan;
  readonly #guard: JsonGuard | undefined;
  #needle: Buffer | undefined;
  // Is the entry at which it stands one that the guard lets through?
  #vetted = false;
  #places: Uint32Array | undefined;
  #at: number;
  #last: number;

  constructor(of: {
    readonly stream: Labels;
    readonly block: LogBlock;
    readonly span: PlaceSpan;
    readonly shift: number;
    readonly needle: Buffer | undefined;
    /** Lines that it does not let pass are left out. */
    readonly guard: JsonGuard | undefined;
    readonly forward: boolean;
  }) {
    this.stream = of.stream;
    this.block = of.block;
    this.sign = of.forward ? 1 : -1;
    this.#shift = of.shift;
    this.#span = of.span;
    this.#needle = of.needle;
    this.#guard = of.guard;
    this.#at = of.forward ? of.span.from : of.span.to - 1;
    this.#last = of.forward ? of.span.to : of.span.from - 1;
    this.time = this.#timeHere();
  }

  get done(): boolean {
    return this.#at === this.#last;
  }

  /** The row of the entry at which the cursor stands. */
  get row(): number {
    return rowAt(this.block, this.#places === undefined ? this.#at : (this.#places[this.#at] ?? 0));
  }

  /** Searches the block for the needle if that is still to be done; true: it was, and the cursor may stand elsewhere. */
  open(stats: QueryStats): boolean {
    const needle = this.#needle;
    if (needle === undefined) return false;
    this.#needle = undefined;
    const { block } = this;
    const places = placesWith(needle, block, this.#span);
    this.#places = places;
    this.#at = this.sign === 1 ? 0 : places.length - 1;
    this.#last = this.sign === 1 ? places.length : -1;
    // Lines that the search has passed over were looked at too.
    stats.lines += this.#span.to - this.#span.from - places.length;
    stats.bytes += (block.lineStarts[block.rowCount] ?? 0) * (1 - places.length / block.rowCount);
    if (!this.done) this.time = this.#timeHere();
    return true;
  }

  /**
   * Moves on to an entry that the guard lets pass; true: it has moved, or has not found one within a few hundred entries
   * and is to be asked again.
   */
  seek(stats: QueryStats): boolean {
    const guard = this.#guard;
    if (guard === undefined || this.#vetted) return false;
    const { bytes, lineStarts, order } = this.block;
    const places = this.#places;
    guard.startBlock(this.stream, this.block);
    const from = this.#at;
    for (let left = maxSeek; left > 0 && !this.done; left--) {
      const place = places === undefined ? this.#at : (places[this.#at] ?? 0);
      const row = order === undefined ? place : (order[place] ?? 0);
      const start = lineStarts[row] ?? 0;
      const end = lineStarts[row + 1] ?? start;
      this.#vetted = guard.passesLine(bytes, start, end);
      if (this.#vetted) break;
      stats.lines++;
      stats.bytes += end - start;
      this.#at += this.sign;
    }
    if (!this.done) this.time = this.#timeHere();
    return this.#at !== from;
  }

  advance(): void {
    this.#vetted = false;
    this.#at += this.sign;
    if (!this.done) this.time = this.#timeHere();
  }

  #timeHere(): number {
    return this.#shift + (this.block.offsetsNs[this.row] ?? 0);
  }
}

/** A binary heap whose top is the next entry. Only the top ever moves. */
export class CursorHeap {
  readonly #items: BlockCursor[];

  constructor(items: BlockCursor[]) {
    this.#items = items;
    for (let i = (items.length >> 1) - 1; i >= 0; i--) this.#sink(i);
  }

  get top(): BlockCursor | undefined {
    return this.#items[0];
  }

  /** Restores the order after the top moved; a top that is done leaves. */
  settleTop(): void {
    if (this.#items[0]?.done) {
      const last = this.#items.pop();
      if (last === undefined || this.#items.length === 0) return;
      this.#items[0] = last;
    }
    this.#sink(0);
  }

  #sink(start: number): void {
    const items = this.#items;
    let at = start;
    for (;;) {
      const first = this.#firstOf(this.#firstOf(at, 2 * at + 1), 2 * at + 2);
      const [here, there] = [items[at], items[first]];
      if (first === at || here === undefined || there === undefined) return;
      items[at] = there;
      items[first] = here;
      at = first;
    }
  }

  #firstOf(a: number, b: number): number {
    const [left, right] = [this.#items[a], this.#items[b]];
    return right !== undefined && left !== undefined && (right.time - left.time) * right.sign < 0 ? b : a;
  }
}
