// The spans of the two sides of compare(), kept as lists of rows and intervals: counting walks them several times.
import type { SpanBatch } from './span-batch.ts';

const firstLength = 4096;

export class SpanList {
  count = 0;
  rows = new Uint32Array(firstLength);
  intervals = new Int32Array(firstLength);

  /** Makes room for so many more. */
  reserve(more: number): void {
    if (this.count + more <= this.rows.length) return;
    const rows = new Uint32Array(this.rows.length * 2);
    const intervals = new Int32Array(rows.length);
    rows.set(this.rows);
    intervals.set(this.intervals);
    this.rows = rows;
    this.intervals = intervals;
  }
}

/** Adds the spans of a batch, no longer than a list is at first, to one of two lists. */
export function divide(
  { rows, intervals, count }: SpanBatch,
  isSelected: (row: number) => boolean,
  [selection, baseline]: readonly [SpanList, SpanList],
): void {
  selection.reserve(count);
  baseline.reserve(count);
  for (let i = 0; i < count; i++) {
    const row = rows[i]!; // batches hold as many as they say
    const list = isSelected(row) ? selection : baseline;
    list.rows[list.count] = row;
    list.intervals[list.count++] = intervals[i]!;
  }
}
