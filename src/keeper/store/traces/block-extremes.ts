// The least and the greatest number of each block of a column, so that a query need not look at blocks that are beyond what it
// asks for, nor test those that are within it.
import { blockRows, type Extremes } from '../../../traceql/source.ts';

export class BlockExtremes {
  private least = new Float64Array(1);
  private greatest = new Float64Array(1);
  private known = 0;

  /** The extremes of the first `count` rows, which may only become more; valid until the next call. */
  upTo(numbers: Float64Array, count: number): Extremes {
    this.makeRoom(Math.ceil(count / blockRows));
    for (let from = this.known; from < count; ) {
      const to = Math.min(count, from - (from % blockRows) + blockRows);
      this.addRows(numbers, from, to);
      from = to;
    }
    this.known = count;
    const { least, greatest } = this;
    return { least, greatest };
  }

  private addRows(numbers: Float64Array, from: number, to: number): void {
    const block = Math.floor(from / blockRows);
    let least = numbers[from]!; // callers name rows of the column, and room was made for its blocks
    let greatest = least;
    if (from % blockRows !== 0) {
      least = this.least[block]!;
      greatest = this.greatest[block]!;
    }
    for (let row = from; row < to; row++) {
      const number = numbers[row]!; // as above
      if (number < least) least = number;
      if (number > greatest) greatest = number;
    }
    this.least[block] = least;
    this.greatest[block] = greatest;
  }

  private makeRoom(blocks: number): void {
    if (blocks <= this.least.length) return;
    const size = Math.max(blocks, this.least.length * 2);
    this.least = lengthen(this.least, size);
    this.greatest = lengthen(this.greatest, size);
  }
}

function lengthen(numbers: Float64Array, size: number): Float64Array<ArrayBuffer> {
  const longer = new Float64Array(size);
  longer.set(numbers);
  return longer;
}
