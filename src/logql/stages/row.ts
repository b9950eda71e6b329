// One log line on its way through a pipeline: its text, decoded only when a stage asks for it, and its labels.
import type { LabelsBuilder } from './labels-builder.ts';

const none = Buffer.alloc(0);

/** Times of a block's rows: whole nanoseconds after a base. */
export interface RowTimes {
  readonly baseNs: bigint;
  readonly offsetsNs: Float64Array;
}

const noTimes: RowTimes = { baseNs: 0n, offsetsNs: new Float64Array(0) };

/** Reused for every line of a query, so that a line that is dropped early costs no allocation. */
export class Row {
  readonly labels: LabelsBuilder;
  #buffer: Buffer = none;
  #start = 0;
  #end = 0;
  #text: string | undefined;
  #changed = false;
  #times: RowTimes = noTimes;
  #index = 0;

  constructor(labels: LabelsBuilder) {
    this.labels = labels;
  }

  /** Points the row at the bytes of a line. */
  setBytes(buffer: Buffer, start: number, end: number): void {
    this.#buffer = buffer;
    this.#start = start;
    this.#end = end;
    this.#text = undefined;
    this.#changed = false;
  }

  /** Where the time of the row stands. */
  setTime(times: RowTimes, index: number): void {
    this.#times = times;
    this.#index = index;
  }

  /** Nanoseconds since 1970. */
  readonly timestampNs = (): bigint => this.#times.baseNs + BigInt(this.#times.offsetsNs[this.#index] ?? 0);

  /** Gives the row a text; used by stages that rewrite the line. */
  setText(text: string): void {
    this.#text = text;
    this.#changed = true;
  }

  get text(): string {
    this.#text ??= this.#buffer.toString('utf8', this.#start, this.#end);
    return this.#text;
  }

  /** Has a stage rewritten the line? */
  get changed(): boolean {
    return this.#changed;
  }

  /** The bytes of the line as they are now are `buffer[start … end)`, valid until the next call of any setter. */
  get buffer(): Buffer {
    if (this.#changed) this.setBytes(Buffer.from(this.#text ?? '', 'utf8'), 0, Buffer.byteLength(this.#text ?? ''));
    return this.#buffer;
  }

  /** Of `buffer`, which must have been taken first. */
  get start(): number {
    return this.#start;
  }

  /** Of `buffer`, which must have been taken first. */
  get end(): number {
    return this.#end;
  }

  /** The same in one. */
  get bytes(): { readonly buffer: Buffer; readonly start: number; readonly end: number } {
    const { buffer } = this;
    return { buffer, start: this.#start, end: this.#end };
  }

  get byteLength(): number {
    return this.#changed ? Buffer.byteLength(this.#text ?? '') : this.#end - this.#start;
  }

  /** Does the line, as it is now, contain these bytes? */
  includes(needle: Buffer): boolean {
    const { buffer, start, end } = this.bytes;
    const length = end - start;
    if (needle.length > length) return false;
    return buffer.subarray(start, end).includes(needle);
  }
}
