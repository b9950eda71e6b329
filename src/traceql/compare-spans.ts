// The spans of the two sides of compare(), kept as lists of rows and intervals: counting walks them several times.
import { type Dividing, divideBlock, divideSpans, type Stretch } from './compare-loops.ts';
import type { Block } from './loops.ts';
import { batchSpans, type SpanBatch } from './span-batch.ts';

const growth = 4;

export class SpanList {
  count = 0;
  rows = new Uint32Array(batchSpans);
  intervals = new Int32Array(batchSpans);

  /** Makes room for so many more. */
  reserve(more: number): void {
    if (this.count + more <= this.rows.length) return;
    const length = Math.max(this.rows.length * growth, this.count + more);
    const rows = new Uint32Array(length);
    const intervals = new Int32Array(length);
    rows.set(this.rows);
    intervals.set(this.intervals);
    this.rows = rows;
    this.intervals = intervals;
  }

  /** Calls back for a few thousand spans at a time: functions that are called often are compiled soon. */
  walk(visit: (stretch: Stretch) => void): void {
    const { rows, intervals, count } = this;
    for (let from = 0; from < count; from += batchSpans)
      visit({ rows, intervals, from, to: Math.min(count, from + batchSpans) });
  }
}

export interface Sides {
  readonly selection: SpanList;
  readonly baseline: SpanList;
}

/** Adds the spans of a batch to one of two lists; `selected` is by place in the batch, 1 or 0. */
export function divide({ rows, intervals, count }: SpanBatch, selected: Uint8Array, sides: Sides): void {
  const { selection, baseline } = sides;
  selection.reserve(count);
  baseline.reserve(count);
  const ones = divideSpans({ rows, intervals, from: 0, to: count }, selected, { ones: selection, others: baseline });
  selection.count += ones;
  baseline.count += count - ones;
}

/** Adds the marked rows of a block, all within the window, to one of two lists; `selected` is by row. */
export function divideWhole(block: Block, dividing: Dividing, { selection, baseline }: Sides): void {
  const size = block.to - block.from;
  selection.reserve(size);
  baseline.reserve(size);
  const [ones, others] = divideBlock(block, dividing, { ones: selection, others: baseline });
  selection.count += ones;
  baseline.count += others;
}
