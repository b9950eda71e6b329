// The attributes of spans as numbers of pairs of key and value, for who counts values: made when a query first asks, and from
// then on kept up with what arrives.
import { PairIndex } from '../../../traceql/functions/pair-index.ts';
import type { AttributeColumns, AttributePairs } from '../../../traceql/source.ts';

export class PairColumn {
  private readonly index = new PairIndex();
  private pairs = new Uint32Array(0);
  private known = 0;

  /** Nothing until it was asked for. */
  get bytes(): number {
    if (this.known === 0) return 0;
    return this.pairs.byteLength + this.index.bytes;
  }

  /** The pairs of all attributes of the first `count` owners; valid until the next change. */
  upTo({ starts, keys, values }: AttributeColumns, count: number): AttributePairs {
    const end = starts[count]!; // owners have an end
    // As long as the columns of the table, which double when they are full.
    if (end > this.pairs.length) {
      const longer = new Uint32Array(keys.length);
      longer.set(this.pairs);
      this.pairs = longer;
    }
    const { pairs, index } = this;
    for (let i = this.known; i < end; i++) pairs[i] = index.indexOf(keys[i]!, values[i]!); // the table holds them
    this.known = end;
    return { of: pairs, count: index.count, key: (pair) => index.first(pair), value: (pair) => index.second(pair) };
  }
}
