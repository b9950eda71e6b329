// Spans of an answer on their way into series: a block at a time, as columns.
import { blockRows } from './source.ts';

/** Spans of a batch at most. */
export const batchSpans = blockRows;

/** Spans with the interval that each started in. The arrays are used again for the next batch. */
export interface SpanBatch {
  count: number;
  readonly rows: Uint32Array;
  readonly intervals: Int32Array;
}

/** An empty batch. */
export function makeBatch(): SpanBatch {
  return { count: 0, rows: new Uint32Array(batchSpans), intervals: new Int32Array(batchSpans) };
}
