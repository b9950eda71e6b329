// The spans of one trace that pass a test, in room that is used again for the next trace: most lists are thrown away.
import type { RowTest } from './column-filter.ts';
import type { Block } from './loops.ts';
import type { TraceSource } from './source.ts';

const noBlock: Block = { from: 0, to: 0, marks: new Uint8Array(0) };

export class RowList {
  /** The first `count` are listed, in the order of arrival. */
  rows: number[] = [];
  count = 0;
  private readonly source: TraceSource;
  private readonly test: RowTest | undefined;

  /** Without a test all spans are listed. */
  constructor(source: TraceSource, test: RowTest | undefined) {
    this.source = source;
    this.test = test;
  }

  /** Lists the spans of a trace. */
  fill(trace: number): void {
    const { test } = this;
    this.count = test?.block ? this.listMarked(trace, test.block) : this.listTested(trace, test);
  }

  /** Gives the list away, as an array of its own. */
  take(): number[] {
    const { rows } = this;
    rows.length = this.count;
    this.rows = [];
    return rows;
  }

  private listMarked(trace: number, blockOf: NonNullable<RowTest['block']>): number {
    const { rows, source } = this;
    const { next } = source.spans;
    let { from, to, marks } = noBlock;
    let count = 0;
    // Chains are of the source, and there is a mark for each row. Whether it is 1 is as good as chance: no branch guesses that.
    for (let row = source.traces.firstRow[trace]!; row !== -1; row = next[row]!) {
      if (row < from || row >= to) ({ from, to, marks } = blockOf(row));
      rows[count] = row;
      count += marks[row]!;
    }
    return count;
  }

  private listTested(trace: number, test: RowTest | undefined): number {
    const { rows, source } = this;
    const { next } = source.spans;
    let count = 0;
    for (
      let row = source.traces.firstRow[trace]!;
      row !== -1;
      row = next[row]! // as above
    )
      if (!test || test(row)) rows[count++] = row;
    return count;
  }
}
