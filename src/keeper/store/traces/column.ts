// A typed array that grows. Readers keep the array they were given: growing makes a new one.

type Numbers = Float64Array | Uint32Array | Int32Array | Uint8Array;

export class Column<T extends Numbers> {
  /** May be longer than `length`. */
  data: T;
  length = 0;
  private readonly make: (length: number) => T;

  constructor(make: (length: number) => T) {
    this.make = make;
    this.data = make(64);
  }

  push(value: number): void {
    if (this.length === this.data.length) this.grow(this.length + 1);
    this.data[this.length++] = value;
  }

  /** Makes room for so many more. */
  reserve(more: number): void {
    if (this.length + more > this.data.length) this.grow(this.length + more);
  }

  /** Adds so many values, which the caller writes from the old length on. */
  open(count: number): T {
    this.reserve(count);
    this.length += count;
    return this.data;
  }

  /** Adds what `source` holds from `start` up to `end`. */
  pushFrom(source: T, start: number, end: number): void {
    this.reserve(end - start);
    this.data.set(source.subarray(start, end), this.length);
    this.length += end - start;
  }

  /** Adds one value `count` times. */
  pushMany(value: number, count: number): void {
    this.reserve(count);
    if (value !== 0) this.data.fill(value, this.length, this.length + count); // what was never written is 0
    this.length += count;
  }

  get bytes(): number {
    return this.length * this.data.BYTES_PER_ELEMENT;
  }

  private grow(needed: number): void {
    const bigger = this.make(Math.max(this.data.length * 2, needed));
    bigger.set(this.data);
    this.data = bigger;
  }
}

export const float64 = (): Column<Float64Array> => new Column((n) => new Float64Array(n));
export const uint32 = (): Column<Uint32Array> => new Column((n) => new Uint32Array(n));
export const int32 = (): Column<Int32Array> => new Column((n) => new Int32Array(n));
export const uint8 = (): Column<Uint8Array> => new Column((n) => new Uint8Array(n));
