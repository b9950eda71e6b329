// Numbers for what the roots of traces have in common, kept from question to question of compare().
import type { Coded } from './fields.ts';
import { PairIndex } from './functions/pair-index.ts';
import type { TraceColumns } from './source.ts';

/** Before the first field. */
const nothing = -1;

/**
 * Codes of traces, kept from question to question. A code is a path: what the root decides, one field after the other. Its steps
 * are numbers of a field and a slot (id + 1).
 */
export class RootCodes {
  /** By trace; may be longer than there are traces. */
  ofTrace = new Int32Array(0);
  /** Codes, each one that it extends (`nothing`: none) and a step. */
  readonly paths = new PairIndex();
  /** Steps, each a field and a slot. */
  readonly steps = new PairIndex();
  /** By trace: the row that was its root when it got its code. */
  private roots = new Int32Array(0);
  private filled = 0;

  /** Looks for traces that are new, or have another root now. The fields are always the same ones. */
  keepUp({ count, rootRow, firstRow }: TraceColumns, fields: readonly Coded[]): void {
    if (count > this.roots.length) {
      this.ofTrace = lengthen(this.ofTrace, count * 2);
      this.roots = lengthen(this.roots, count * 2);
    }
    const { ofTrace, roots } = this;
    for (let trace = 0; trace < count; trace++) {
      const root = rootRow[trace]!; // traces are of the source
      if (roots[trace] === root && trace < this.filled) continue;
      roots[trace] = root;
      ofTrace[trace] = this.codeOf(firstRow[trace]!, fields); // as above
    }
    this.filled = count;
  }

  private codeOf(row: number, fields: readonly Coded[]): number {
    let code = nothing;
    for (const [field, { idOf }] of fields.entries())
      code = this.paths.indexOf(code, this.steps.indexOf(field, idOf(row) + 1));
    return code;
  }
}

function lengthen(numbers: Int32Array, length: number): Int32Array<ArrayBuffer> {
  const longer = new Int32Array(length);
  longer.set(numbers);
  return longer;
}
