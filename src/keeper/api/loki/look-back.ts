// How far a query looks back behind its own start: the longest range and offset of its text.
import type { Expr, LogRange } from '../../../logql/ast.ts';

/** Milliseconds; 0 for a query without ranges. */
export function lookBackMs(expr: Expr): number {
  return Math.max(0, ...listRanges(expr).map(({ rangeNs, offsetNs }) => (rangeNs + offsetNs) / 1e6));
}

function listRanges(expr: Expr): LogRange[] {
  switch (expr.kind) {
    case 'range_aggregation':
      return [expr.range];
    case 'binary':
      return [...listRanges(expr.left), ...listRanges(expr.right)];
    case 'vector_aggregation':
    case 'label_replace':
      return listRanges(expr.inner);
    default:
      return [];
  }
}
