// Spans that are alike in resource, scope, kind and status have one shape: who counts what follows from these, counts shapes.
// Made when a query first asks, and from then on kept up with what arrives.
import { PairIndex } from '../../../traceql/functions/pair-index.ts';
import type { SpanColumns, SpanShapes } from '../../../traceql/source.ts';

const codes = 256;

export class ShapeColumn {
  private readonly owners = new PairIndex();
  private readonly kinds = new PairIndex();
  private readonly index = new PairIndex();
  private shapes = new Uint32Array(0);
  private readonly firstRows: number[] = [];
  private known = 0;

  /** Nothing until it was asked for. */
  get bytes(): number {
    if (this.known === 0) return 0;
    return this.shapes.byteLength + this.owners.bytes + this.kinds.bytes + this.index.bytes;
  }

  /** The shapes of all spans; valid until the next change. */
  upTo({ count, trace, resource, scope, kind, status, statusMessage }: SpanColumns): SpanShapes {
    // As long as the columns of the table, which double when they are full.
    if (count > this.shapes.length) {
      const longer = new Uint32Array(trace.length);
      longer.set(this.shapes);
      this.shapes = longer;
    }
    for (let row = this.known; row < count; row++) {
      // Columns hold every row.
      const owner = this.owners.indexOf(resource[row]!, scope[row]!);
      const code = this.kinds.indexOf(owner, kind[row]! * codes + status[row]!);
      const shape = this.index.indexOf(code, statusMessage[row]!);
      this.shapes[row] = shape;
      if (shape === this.firstRows.length) this.firstRows.push(row);
    }
    this.known = count;
    return { of: this.shapes, firstRows: this.firstRows };
  }
}
