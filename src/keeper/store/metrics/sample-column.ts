// The samples of one series in typed arrays that grow. Kinds and histograms get columns of their own once a sample is no
// float, which for most series is never.
import type { FloatHistogram } from '../../../promql/histogram/float-histogram.ts';
import type { Labels } from '../../../promql/labels.ts';
import { type SeriesSamples, sampleKind, type TimeRange } from '../../../promql/source.ts';

/** A sample on its way into a series. */
export type NewSample =
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'stale' }
  | { readonly kind: 'histogram'; readonly histogram: FloatHistogram };

const firstCapacity = 16;
const growth = 2;
/** Long series grow in smaller steps, so that less stays unused. */
const growthWhenLong = 1.25;
const longLength = 4096;
const spareAfterPrune = 1.125;
const bytesPerSlot = 16;
const bytesPerHistogram = 200;
const bytesPerBucket = 16;

export class SampleColumn {
  #times: Float64Array;
  #values: Float64Array;
  #kinds: Uint8Array | undefined;
  #histograms: (FloatHistogram | undefined)[] | undefined;
  /** Samples are in [start, end); pruning moves the start. */
  #start = 0;
  #end = 0;
  #histogramBytes = 0;

  constructor() {
    const { times, values } = makeColumns(firstCapacity);
    this.#times = times;
    this.#values = values;
  }

  get length(): number {
    return this.#end - this.#start;
  }

  get bytes(): number {
    return this.#times.length * bytesPerSlot + (this.#kinds?.length ?? 0) + this.#histogramBytes;
  }

  get firstTimeMs(): number {
    return this.length === 0 ? Number.POSITIVE_INFINITY : (this.#times[this.#start] ?? 0);
  }

  get lastTimeMs(): number {
    return this.length === 0 ? Number.NEGATIVE_INFINITY : (this.#times[this.#end - 1] ?? 0);
  }

  /** The newest sample; undefined if there is none. */
  get last(): NewSample | undefined {
    return this.length === 0 ? undefined : this.#sampleAt(this.#end - 1);
  }

  /** The histogram right before a time, if the sample there is one. */
  histogramBefore(timeMs: number): FloatHistogram | undefined {
    const at = this.#search(timeMs) - 1;
    return at < this.#start ? undefined : this.#histograms?.[at];
  }

  /** Puts a float after all others; false if it is not newer than they are. */
  appendFloat(timeMs: number, value: number): boolean {
    if (timeMs <= this.lastTimeMs) return false;
    this.#makeRoom();
    const at = this.#end++;
    this.#times[at] = timeMs;
    this.#values[at] = value;
    if (this.#kinds) this.#kinds[at] = sampleKind.float;
    if (this.#histograms) this.#histograms[at] = undefined;
    return true;
  }

  /** Puts a sample in its place; false if there is one at that time already. */
  insert(timeMs: number, sample: NewSample): boolean {
    const at = timeMs > this.lastTimeMs ? this.#end : this.#search(timeMs);
    if (at < this.#end && this.#times[at] === timeMs) return false;
    this.#makeRoom();
    // Growing moved everything to the front.
    const place = timeMs > this.lastTimeMs ? this.#end : this.#search(timeMs);
    if (place < this.#end) this.#shift(place);
    this.#end++;
    this.#write(place, timeMs, sample);
    return true;
  }

  /** The samples of a time range, as views of the columns; undefined if there are none. */
  read(labels: Labels, { startMs, endMs }: TimeRange): SeriesSamples | undefined {
    if (this.lastTimeMs < startMs || this.firstTimeMs > endMs) return undefined;
    const from = this.#search(startMs);
    const to = this.lastTimeMs <= endMs ? this.#end : this.#search(Math.floor(endMs) + 1);
    if (from >= to) return undefined;
    return {
      labels,
      times: this.#times.subarray(from, to),
      values: this.#values.subarray(from, to),
      kinds: this.#kinds?.subarray(from, to),
      histograms: this.#histograms?.slice(from, to),
    };
  }

  hasSampleIn({ startMs, endMs }: TimeRange): boolean {
    if (this.lastTimeMs < startMs || this.firstTimeMs > endMs) return false;
    const from = this.#search(startMs);
    return from < this.#end && (this.#times[from] ?? 0) <= endMs;
  }

  /** Drops what is older; says how many samples went. */
  pruneBefore(timeMs: number): number {
    const from = this.#search(timeMs);
    const dropped = from - this.#start;
    for (let i = this.#start; i < from; i++) this.#forgetHistogram(i);
    this.#start = from;
    // Memory is given back at once, apart from a little room for what comes next: the cap counts what is held.
    if (dropped > 0 && this.length > 0) this.#resize(Math.ceil(this.length * spareAfterPrune));
    return dropped;
  }

  /** Drops everything; nothing may be added any more. */
  clear(): void {
    this.#times = nothing;
    this.#values = nothing;
    this.#kinds = undefined;
    this.#histograms = undefined;
    this.#start = 0;
    this.#end = 0;
  }

  #sampleAt(index: number): NewSample {
    const histogram = this.#histograms?.[index];
    if (histogram) return { kind: 'histogram', histogram };
    if (this.#kinds?.[index] === sampleKind.stale) return { kind: 'stale' };
    return { kind: 'float', value: this.#values[index] ?? 0 };
  }

  #write(index: number, timeMs: number, sample: NewSample): void {
    this.#times[index] = timeMs;
    this.#values[index] = sample.kind === 'float' ? sample.value : 0;
    if (sample.kind === 'float') {
      if (this.#kinds) this.#kinds[index] = sampleKind.float;
      if (this.#histograms) this.#histograms[index] = undefined;
      return;
    }
    this.#kinds ??= new Uint8Array(this.#times.length);
    this.#kinds[index] = sampleKind[sample.kind];
    if (sample.kind !== 'histogram') return;
    this.#histograms ??= new Array(this.#end).fill(undefined);
    this.#histograms[index] = sample.histogram;
    this.#histogramBytes += estimateBytes(sample.histogram);
  }

  #shift(from: number): void {
    this.#times.copyWithin(from + 1, from, this.#end);
    this.#values.copyWithin(from + 1, from, this.#end);
    this.#kinds?.copyWithin(from + 1, from, this.#end);
    this.#histograms?.splice(from, 0, undefined);
  }

  #makeRoom(): void {
    if (this.#end < this.#times.length) return;
    this.#resize(Math.ceil(this.length * (this.length < longLength ? growth : growthWhenLong)));
  }

  #resize(capacity: number): void {
    const size = Math.max(capacity, firstCapacity);
    const { times, values } = makeColumns(size);
    times.set(this.#times.subarray(this.#start, this.#end));
    values.set(this.#values.subarray(this.#start, this.#end));
    this.#times = times;
    this.#values = values;
    if (this.#kinds !== undefined) {
      const kinds = new Uint8Array(size);
      kinds.set(this.#kinds.subarray(this.#start, this.#end));
      this.#kinds = kinds;
    }
    this.#histograms = this.#histograms?.slice(this.#start, this.#end);
    this.#end -= this.#start;
    this.#start = 0;
  }

  #forgetHistogram(index: number): void {
    const histogram = this.#histograms?.[index];
    if (histogram === undefined) return;
    this.#histogramBytes -= estimateBytes(histogram);
    if (this.#histograms) this.#histograms[index] = undefined;
  }

  /** The first index whose time is not before `timeMs`. */
  #search(timeMs: number): number {
    let low = this.#start;
    let high = this.#end;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#times[middle] ?? 0) < timeMs) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

// Buffers outside the heap cost more to make than what is in them: both columns are in one, and the first small columns of
// many series share one. It goes when the last of them has grown out of it or is gone.
const sharedBytes = 64 * 1024;
let shared = new ArrayBuffer(0);
let sharedUsed = 0;
const nothing = new Float64Array(0);

function makeColumns(capacity: number): { readonly times: Float64Array; readonly values: Float64Array } {
  const bytes = capacity * bytesPerSlot;
  if (capacity > firstCapacity) return viewColumns(new ArrayBuffer(bytes), 0, capacity);
  if (sharedUsed + bytes > shared.byteLength) {
    shared = new ArrayBuffer(sharedBytes);
    sharedUsed = 0;
  }
  sharedUsed += bytes;
  return viewColumns(shared, sharedUsed - bytes, capacity);
}

function viewColumns(buffer: ArrayBuffer, start: number, capacity: number) {
  const half = (capacity * bytesPerSlot) / 2;
  return {
    times: new Float64Array(buffer, start, capacity),
    values: new Float64Array(buffer, start + half, capacity),
  };
}

function estimateBytes({ positive, negative }: FloatHistogram): number {
  return bytesPerHistogram + (positive.counts.length + negative.counts.length) * bytesPerBucket;
}
