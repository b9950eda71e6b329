// Values during evaluation. Everything but range vectors lives on the grid of steps: one slot per step and series, in typed
// arrays, so that operators walk columns and no object is made per sample.
import { QueryError } from '../errors/query-error.ts';
import type { FloatHistogram } from './histogram/float-histogram.ts';
import { compareLabels, type Labels } from './labels.ts';

/** The steps of an evaluation: `startMs`, `startMs + stepMs`, … `count` of them. */
export interface Grid {
  readonly startMs: number;
  readonly stepMs: number;
  readonly count: number;
}

/** What a slot holds. */
export const slot = { empty: 0, float: 1, histogram: 2 } as const;

/** V8 keeps typed arrays of up to 64 bytes on its heap, where making one is cheap: instant queries live there. */
const heapSlots = 8;

/** One series on the grid. */
export class StepSeries {
  labels: Labels;
  readonly kinds: Uint8Array;
  readonly floats: Float64Array;
  histograms: (FloatHistogram | undefined)[] | undefined;

  constructor(labels: Labels, count: number) {
    this.labels = labels;
    this.histograms = undefined;
    if (count <= heapSlots) {
      this.floats = new Float64Array(count);
      this.kinds = new Uint8Array(count);
      return;
    }
    // One piece of memory for both columns: making it costs more than filling it.
    const memory = new ArrayBuffer(count * (Float64Array.BYTES_PER_ELEMENT + 1));
    this.floats = new Float64Array(memory, 0, count);
    this.kinds = new Uint8Array(memory, count * Float64Array.BYTES_PER_ELEMENT, count);
  }

  setFloat(step: number, value: number): void {
    this.kinds[step] = slot.float;
    this.floats[step] = value;
  }

  setHistogram(step: number, histogram: FloatHistogram): void {
    this.kinds[step] = slot.histogram;
    this.histograms ??= new Array(this.kinds.length);
    this.histograms[step] = histogram;
  }

  /** The histogram at a step; undefined if the slot holds none. */
  histogramAt(step: number): FloatHistogram | undefined {
    return this.histograms?.[step];
  }

  copySlot(from: StepSeries, step: number): void {
    const histogram = from.histograms?.[step];
    if (histogram !== undefined) this.setHistogram(step, histogram);
    else this.setFloat(step, from.floats[step] ?? 0);
  }

  get isEmpty(): boolean {
    return !this.kinds.includes(slot.float) && !this.kinds.includes(slot.histogram);
  }
}

/** A series of a range vector, with the times of its own samples. */
export interface RangeSeries {
  readonly labels: Labels;
  /** Floats, by rising time. */
  readonly times: Float64Array;
  readonly values: Float64Array;
  /** Histograms, by rising time. */
  readonly histogramTimes: readonly number[];
  readonly histograms: readonly FloatHistogram[];
}

/** A scalar is one series without labels that has a float at every step. */
export type Value =
  | { readonly type: 'vector'; readonly series: readonly StepSeries[] }
  | { readonly type: 'scalar'; readonly series: StepSeries }
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'matrix'; readonly series: readonly RangeSeries[] };

/** An evaluation that cannot go on: the query is valid, the data do not fit it. */
export function failExecution(message: string): never {
  throw new QueryError({
    language: 'promql',
    kind: 'execution',
    message,
    serverText: message,
    httpStatus: 422,
    errorType: 'execution',
  });
}

export const duplicateLabelset = 'vector cannot contain metrics with the same labelset';

/**
 * Joins series whose labels have become the same, keeping the order of the first.
 * @throws QueryError if two of them have a sample at the same step
 */
export function mergeSameLabels(series: readonly StepSeries[]): StepSeries[] {
  const byKey = new Map<string, StepSeries>();
  const owned = new Set<StepSeries>();
  for (const one of series) {
    const first = byKey.get(one.labels.key);
    if (first === undefined) {
      byKey.set(one.labels.key, one);
      continue;
    }
    let merged = first;
    if (!owned.has(first)) {
      merged = new StepSeries(first.labels, first.kinds.length);
      mergeInto(merged, first);
      owned.add(merged);
      byKey.set(one.labels.key, merged);
    }
    mergeInto(merged, one);
  }
  return byKey.size === series.length ? [...series] : [...byKey.values()];
}

/** @throws QueryError if two series have the same labels, whatever their steps */
export function failOnSameLabels(series: readonly StepSeries[]): void {
  if (new Set(series.map((one) => one.labels.key)).size < series.length) failExecution(duplicateLabelset);
}

export function sortByLabels<T extends { readonly labels: Labels }>(series: readonly T[]): T[] {
  return [...series].sort((a, b) => compareLabels(a.labels, b.labels));
}

function mergeInto(target: StepSeries, from: StepSeries): void {
  for (let step = 0; step < from.kinds.length; step++) {
    if (from.kinds[step] === slot.empty) continue;
    if (target.kinds[step] !== slot.empty) failExecution(duplicateLabelset);
    target.copySlot(from, step);
  }
}
