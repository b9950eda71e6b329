// compare(): how the attributes of selected spans differ from those of all others. Not built yet.
import type * as ast from '../ast.ts';
import { makeInvalid } from '../errors.ts';
import type { Series } from './series.ts';

export function compareSpans(metrics: ast.MetricsCompare, _context: unknown): Series[] {
  throw makeInvalid('', metrics, {
    kind: 'unsupported',
    message: 'compare() is not supported yet',
    serverText: 'compare() is not supported yet',
  });
}
