// Spans that are alike in resource, scope, kind, status and its message have one shape, a number.
import { PairIndex } from '../../../traceql/functions/pair-index.ts';
import type { SpanColumns } from '../../../traceql/source.ts';

const codes = 256;

export class ShapeIndex {
  /** By shape: the first row that has it. */
  readonly firstRows: number[] = [];
  private readonly owners = new PairIndex();
  private readonly kinds = new PairIndex();
  private readonly index = new PairIndex();

  get bytes(): number {
    return this.owners.bytes + this.kinds.bytes + this.index.bytes;
  }

  /** The shape of a row, whose number is new if no row before had it. */
  shapeOf(row: number, { resource, scope, kind, status, statusMessage }: SpanColumns): number {
    // Columns hold every row.
    const owner = this.owners.indexOf(resource[row]!, scope[row]!);
    const code = this.kinds.indexOf(owner, kind[row]! * codes + status[row]!);
    const shape = this.index.indexOf(code, statusMessage[row]!);
    if (shape === this.firstRows.length) this.firstRows.push(row);
    return shape;
  }
}
