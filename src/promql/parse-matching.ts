// What may stand between a binary operator and its right side: how vectors are matched, and what fills the gaps.
import type { VectorMatching } from './ast.ts';
import type { Parser } from './parser.ts';

/** Reads `on (…) group_left (…) fill (…)`; all of it may be missing. */
export function parseMatching(parser: Parser): VectorMatching {
  const { kind } = parser.peek();
  if (kind !== 'on' && kind !== 'ignoring') {
    return { card: 'one-to-one', labels: [], on: false, include: [], ...parseFill(parser) };
  }
  parser.next();
  const labels = parser.parseGrouping();
  const group = parser.take('group_left') ?? parser.take('group_right');
  const include = group !== undefined && parser.peek().kind === '(' ? parser.parseGrouping() : [];
  const card = group === undefined ? 'one-to-one' : group.kind === 'group_left' ? 'many-to-one' : 'one-to-many';
  return { card, labels, on: kind === 'on', include, ...parseFill(parser) };
}

function parseFill(parser: Parser): Pick<VectorMatching, 'fillLeft' | 'fillRight'> {
  if (parser.take('fill')) {
    const both = parseFillValue(parser);
    return { fillLeft: both, fillRight: both };
  }
  let fillLeft: number | undefined;
  let fillRight: number | undefined;
  const leftFirst = parser.peek().kind === 'fill_left';
  if (parser.take('fill_left')) fillLeft = parseFillValue(parser);
  if (parser.take('fill_right')) fillRight = parseFillValue(parser);
  if (!leftFirst && fillRight !== undefined && parser.take('fill_left')) fillLeft = parseFillValue(parser);
  return { fillLeft, fillRight };
}

function parseFillValue(parser: Parser): number {
  parser.expect('(');
  const sign = parser.parseSign();
  const value = sign * parser.parseNumber().value;
  parser.expect(')');
  return value;
}
