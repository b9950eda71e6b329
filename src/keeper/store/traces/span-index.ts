// Finds rows by trace and span id: a hash table of row numbers, so that no object is made per span. Only for spans of large
// traces: those of a small one are looked through.

export interface IndexedColumns {
  readonly trace: Uint32Array;
  readonly idHigh: Uint32Array;
  readonly idLow: Uint32Array;
  readonly kind: Uint8Array;
}

/** What tells the spans of a trace apart; without a kind, all of an id. */
export interface SpanKey {
  readonly high: number;
  readonly low: number;
  readonly kind?: number;
}

export class SpanIndex {
  // Row + 1; 0 is empty. Twice as many places as rows at least.
  private slots = new Int32Array(128);
  private count = 0;

  get bytes(): number {
    return this.slots.byteLength;
  }

  /** Adds a row that `columns` hold. */
  add(row: number, columns: IndexedColumns): void {
    if (this.count * 2 >= this.slots.length) this.grow(columns);
    this.place(row, columns);
    this.count++;
  }

  /** Rows with this id in this trace, in the order they came. Two are normal for Zipkin's shared client and server spans. */
  find(trace: number, { high, low, kind }: SpanKey, columns: IndexedColumns): number[] {
    const found: number[] = [];
    const mask = this.slots.length - 1;
    for (let slot = hash(trace, high, low) & mask; ; slot = (slot + 1) & mask) {
      const row = this.slots[slot]! - 1; // the mask keeps the slot inside
      if (row < 0) return found.sort((a, b) => a - b);
      if (
        columns.idLow[row] === low &&
        columns.idHigh[row] === high &&
        columns.trace[row] === trace &&
        (kind === undefined || columns.kind[row] === kind)
      )
        found.push(row);
    }
  }

  private place(row: number, columns: IndexedColumns): void {
    const mask = this.slots.length - 1;
    // The caller added the row to the columns before.
    let slot = hash(columns.trace[row]!, columns.idHigh[row]!, columns.idLow[row]!) & mask;
    while (this.slots[slot] !== 0) slot = (slot + 1) & mask;
    this.slots[slot] = row + 1;
  }

  private grow(columns: IndexedColumns): void {
    const { slots } = this;
    this.slots = new Int32Array(slots.length * 2);
    for (const row of slots) if (row !== 0) this.place(row - 1, columns);
  }
}

// Murmur3's finisher over the three parts: span ids of some tracers count upwards, so bits must spread.
function hash(trace: number, high: number, low: number): number {
  let h = Math.imul(trace, 0x9e3779b1) ^ Math.imul(high, 0x85ebca6b) ^ Math.imul(low, 0xc2b2ae35);
  h ^= h >>> 16;
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 1;
}
