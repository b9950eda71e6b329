// The spans of one side of compare(), kept as lists of rows and intervals: counting walks them several times.
import type { SpanBatch } from './span-batch.ts';

const firstLength = 4096;

export class SpanList {
  count = 0;
  rows = new Uint32Array(firstLength);
  intervals = new Int32Array(firstLength);

  /** Adds the spans of a batch that `isWanted` lets through. */
  add(batch: SpanBatch, isWanted: (row: number) => boolean): void {
    while (this.count + batch.count > this.rows.length) this.grow();
    for (let i = 0; i < batch.count; i++) {
      const row = batch.rows[i]!; // batches hold as many as they say
      if (!isWanted(row)) continue;
      this.rows[this.count] = row;
      this.intervals[this.count++] = batch.intervals[i]!;
    }
  }

  private grow(): void {
    const rows = new Uint32Array(this.rows.length * 2);
    const intervals = new Int32Array(rows.length);
    rows.set(this.rows);
    intervals.set(this.intervals);
    this.rows = rows;
    this.intervals = intervals;
  }
}
