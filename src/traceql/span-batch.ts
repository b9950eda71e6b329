// Spans of an answer on their way into series: a few thousand at a time, as columns.

/** Spans of a batch at most. */
export const batchSpans = 4096;

/** Spans with the interval that each started in. The arrays are used again for the next batch. */
export interface SpanBatch {
  count: number;
  readonly rows: Uint32Array;
  readonly intervals: Int32Array;
}
