// Spans of an answer on their way into series: a block at a time, as columns.
import { type Block, listMarked } from './loops.ts';
import { blockRows } from './source.ts';

/** Spans of a batch at most. */
export const batchSpans = blockRows;

/** Spans with the interval that each started in, used again for the next batch. */
export class SpanBatch {
  count = 0;
  readonly rows = new Uint32Array(batchSpans);
  readonly intervals = new Int32Array(batchSpans);
  /** Set if the spans are those marked in a block, which are listed only for who asks. */
  block: Block | undefined;
  private readonly place: (batch: SpanBatch) => void;

  /** `place` finds the intervals of what is listed. */
  constructor(place: (batch: SpanBatch) => void) {
    this.place = place;
  }

  /** Lists the spans, if that was not done yet. */
  list(): this {
    if (this.block) {
      this.count = listMarked(this.block, this.rows);
      this.place(this);
      this.block = undefined;
    }
    return this;
  }
}
