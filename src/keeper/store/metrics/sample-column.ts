// The samples of one series, in room that grows. Kinds and histograms get columns of their own once a sample is no
// float, which for most series is never.
import type { FloatHistogram } from '../../../promql/histogram/float-histogram.ts';
import type { Labels } from '../../../promql/labels.ts';
import { type SeriesSamples, sampleKind, type TimeRange } from '../../../promql/source.ts';
import { bytesPerSample, type SampleRoom } from './sample-room.ts';

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
const bytesPerHistogram = 200;
const bytesPerBucket = 16;
const nothing = new Float64Array(0);
/** A call into the runtime costs more than copying so few one by one. */
const fewSamples = 64;

export class SampleColumn {
  readonly #rooms: SampleRoom;
  /** Times stand at `#timesAt`, values at `#valuesAt`, each for `#capacity` samples. */
  #slab: Float64Array;
  #timesAt: number;
  #valuesAt: number;
  #capacity: number;
  #kinds: Uint8Array | undefined;
  #histograms: (FloatHistogram | undefined)[] | undefined;
  /** Samples are in [start, end); pruning moves the start. */
  #start = 0;
  #end = 0;
  #histogramBytes = 0;
  /** −∞ if there is none. */
  lastTimeMs = Number.NEGATIVE_INFINITY;

  constructor(rooms: SampleRoom) {
    const { slab, at, capacity } = rooms.take(firstCapacity);
    this.#rooms = rooms;
    this.#slab = slab;
    this.#timesAt = at;
    this.#valuesAt = at + capacity;
    this.#capacity = capacity;
  }

  get length(): number {
    return this.#end - this.#start;
  }

  get bytes(): number {
    return this.#capacity * bytesPerSample + (this.#kinds?.length ?? 0) + this.#histogramBytes;
  }

  get firstTimeMs(): number {
    return this.length === 0 ? Number.POSITIVE_INFINITY : this.#timeAt(this.#start);
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
    if (this.#end === this.#capacity) this.#grow();
    const at = this.#end++;
    this.#slab[this.#timesAt + at] = timeMs;
    this.#slab[this.#valuesAt + at] = value;
    this.lastTimeMs = timeMs;
    if (this.#kinds) this.#kinds[at] = sampleKind.float;
    if (this.#histograms) this.#histograms[at] = undefined;
    return true;
  }

  /** Puts a sample in its place; false if there is one at that time already. */
  insert(timeMs: number, sample: NewSample): boolean {
    const isNewest = timeMs > this.lastTimeMs;
    const known = isNewest ? this.#end : this.#search(timeMs);
    if (known < this.#end && this.#timeAt(known) === timeMs) return false;
    if (this.#end === this.#capacity) this.#grow();
    // Growing moved everything to the front.
    const place = isNewest ? this.#end : this.#search(timeMs);
    if (place < this.#end) this.#shift(place);
    this.#end++;
    if (isNewest) this.lastTimeMs = timeMs;
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
      times: this.#slab.subarray(this.#timesAt + from, this.#timesAt + to),
      values: this.#slab.subarray(this.#valuesAt + from, this.#valuesAt + to),
      kinds: this.#kinds?.subarray(from, to),
      histograms: this.#histograms?.slice(from, to),
    };
  }

  hasSampleIn({ startMs, endMs }: TimeRange): boolean {
    if (this.lastTimeMs < startMs || this.firstTimeMs > endMs) return false;
    const from = this.#search(startMs);
    return from < this.#end && this.#timeAt(from) <= endMs;
  }

  /** Drops what is older; says how many samples went. */
  pruneBefore(timeMs: number): number {
    const from = this.#search(timeMs);
    const dropped = from - this.#start;
    for (let i = this.#start; i < from; i++) this.#forgetHistogram(i);
    this.#start = from;
    if (this.length === 0) this.lastTimeMs = Number.NEGATIVE_INFINITY;
    // Memory is given back at once, apart from a little room for what comes next: the cap counts what is held.
    if (dropped > 0 && this.length > 0) this.#resize(Math.ceil(this.length * spareAfterPrune));
    return dropped;
  }

  /** Drops everything; nothing may be added any more. */
  clear(): void {
    this.#slab = nothing;
    this.#capacity = 0;
    this.#kinds = undefined;
    this.#histograms = undefined;
    this.#histogramBytes = 0;
    this.#start = 0;
    this.#end = 0;
    this.lastTimeMs = Number.NEGATIVE_INFINITY;
  }

  #timeAt(index: number): number {
    return this.#slab[this.#timesAt + index] ?? 0;
  }

  #sampleAt(index: number): NewSample {
    const histogram = this.#histograms?.[index];
    if (histogram) return { kind: 'histogram', histogram };
    if (this.#kinds?.[index] === sampleKind.stale) return { kind: 'stale' };
    return { kind: 'float', value: this.#slab[this.#valuesAt + index] ?? 0 };
  }

  #write(index: number, timeMs: number, sample: NewSample): void {
    this.#slab[this.#timesAt + index] = timeMs;
    this.#slab[this.#valuesAt + index] = sample.kind === 'float' ? sample.value : 0;
    if (sample.kind === 'float') {
      if (this.#kinds) this.#kinds[index] = sampleKind.float;
      if (this.#histograms) this.#histograms[index] = undefined;
      return;
    }
    this.#kinds ??= new Uint8Array(this.#capacity);
    this.#kinds[index] = sampleKind[sample.kind];
    if (sample.kind !== 'histogram') return;
    this.#histograms ??= new Array(this.#end).fill(undefined);
    this.#histograms[index] = sample.histogram;
    this.#histogramBytes += estimateBytes(sample.histogram);
  }

  #shift(from: number): void {
    for (const column of [this.#timesAt, this.#valuesAt])
      this.#slab.copyWithin(column + from + 1, column + from, column + this.#end);
    this.#kinds?.copyWithin(from + 1, from, this.#end);
    this.#histograms?.splice(from, 0, undefined);
  }

  #grow(): void {
    this.#resize(Math.ceil(this.length * (this.length < longLength ? growth : growthWhenLong)));
  }

  #resize(samples: number): void {
    const { slab, at, capacity } = this.#rooms.take(Math.max(samples, firstCapacity));
    this.#copy(this.#timesAt, slab, at);
    this.#copy(this.#valuesAt, slab, at + capacity);
    if (this.#kinds !== undefined) {
      const kinds = new Uint8Array(capacity);
      kinds.set(this.#kinds.subarray(this.#start, this.#end));
      this.#kinds = kinds;
    }
    this.#slab = slab;
    this.#timesAt = at;
    this.#valuesAt = at + capacity;
    this.#capacity = capacity;
    this.#histograms = this.#histograms?.slice(this.#start, this.#end);
    this.#end -= this.#start;
    this.#start = 0;
  }

  #copy(column: number, target: Float64Array, at: number): void {
    const from = column + this.#start;
    const to = column + this.#end;
    if (to - from > fewSamples) target.set(this.#slab.subarray(from, to), at);
    else for (let i = from, into = at; i < to; i++, into++) target[into] = this.#slab[i] ?? 0;
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
      if (this.#timeAt(middle) < timeMs) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function estimateBytes({ positive, negative }: FloatHistogram): number {
  return bytesPerHistogram + (positive.counts.length + negative.counts.length) * bytesPerBucket;
}
