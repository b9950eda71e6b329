// Attributes of spans by key: for one key, the value of every span. Made when a query first asks for the key and from then
// on kept up with what arrives, so that a filter walks one column instead of all attributes of every span.
import type { AttributeColumns } from '../../../traceql/source.ts';

/** A column takes four bytes a span; the one asked for least lately goes first. */
const mostColumns = 16;

interface KeyColumn {
  /** Value id + 1 by row, 0 for none; may be longer than there are rows. */
  readonly values: Uint32Array;
  /** Rows below it are filled. */
  readonly filled: number;
}

export class KeyColumns {
  private readonly columns = new Map<number, KeyColumn>();

  get bytes(): number {
    let sum = 0;
    for (const { values } of this.columns.values()) sum += values.byteLength;
    return sum;
  }

  /** The column of a key over the first `count` owners; valid until the next change. */
  get(key: number, attributes: AttributeColumns, count: number): Uint32Array {
    const known = this.columns.get(key);
    this.columns.delete(key); // to stand last
    const column = extend(known ?? { values: new Uint32Array(0), filled: 0 }, key, attributes, count);
    this.columns.set(key, column);
    const [oldest] = this.columns.keys();
    if (this.columns.size > mostColumns && oldest !== undefined) this.columns.delete(oldest);
    return column.values;
  }
}

function extend({ values, filled }: KeyColumn, key: number, attributes: AttributeColumns, count: number): KeyColumn {
  if (filled === count) return { values, filled };
  const { starts, keys, values: ids } = attributes;
  // As long as the columns of the table, which double when they are full.
  const column = values.length >= count ? values : new Uint32Array(starts.length);
  if (column !== values) column.set(values.subarray(0, filled));
  let i = starts[filled]!; // owners have a start and an end, and attributes between them
  for (let row = filled; row < count; row++) {
    const end = starts[row + 1]!;
    while (i < end && keys[i] !== key) i++;
    if (i < end) column[row] = ids[i]! + 1;
    i = end;
  }
  return { values: column, filled: count };
}
