// What may follow an expression: `offset`, `@`, `[…]`, `anchored`, `smoothed`. Each is legal on some expressions only.
import { formatGoDecimals } from '../std/go-strconv.ts';
import type { DurationNode, Expr, TimeModifiers } from './ast.ts';
import type { Parser } from './parser.ts';
import type { Token } from './token.ts';

/** The parts of `[range]` or `[range:step]`. */
export interface RangeParts {
  readonly open: Token;
  readonly range: DurationNode;
  readonly subquery?: { readonly step: DurationNode | undefined };
}

const rangesOnly = 'ranges only allowed for vector selectors';

/** Applies `offset`; refuses it where it stands already, and on what selects nothing. */
export function applyOffset(parser: Parser, expr: Expr, offset: DurationNode): Expr {
  const message =
    'offset modifier must be preceded by an instant vector selector or range vector selector or a subquery';
  return changeTime(parser, expr, message, (time) => {
    if (time.offsetMs !== 0 || time.offsetExpr !== undefined)
      failAt(parser, expr, 'offset may not be set multiple times');
    return offset.type === 'number' ? { offsetMs: toMs(offset.value) } : { offsetExpr: offset };
  });
}

/** Applies `@`: seconds since 1970, `start()` or `end()`. */
export function applyAt(parser: Parser, expr: Expr, at: number | 'start' | 'end'): Expr {
  if (typeof at === 'number' && !(Math.abs(at) < 2 ** 63)) {
    failAt(parser, expr, `timestamp out of bounds for @ modifier: ${formatGoDecimals(at)}`);
  }
  const message = '@ modifier must be preceded by an instant vector selector or range vector selector or a subquery';
  return changeTime(parser, expr, message, (time) => {
    if (time.timestampMs !== undefined || time.startOrEnd !== undefined) {
      failAt(parser, expr, '@ <timestamp> may not be set multiple times');
    }
    return typeof at === 'number' ? { timestampMs: Math.round(at * 1000) } : { startOrEnd: at };
  });
}

/** Makes a range selector or a subquery of an expression. */
export function applyRange(parser: Parser, expr: Expr, { open, range, subquery }: RangeParts): Expr {
  const end = parser.lastEnd;
  const rangePart = splitDuration(range);
  if (subquery !== undefined) {
    const step = subquery.step === undefined ? undefined : splitDuration(subquery.step);
    return {
      type: 'subquery',
      expr,
      rangeMs: rangePart.ms,
      rangeExpr: rangePart.expr,
      stepMs: step?.ms ?? 0,
      stepExpr: step?.expr,
      offsetMs: 0,
      offsetExpr: undefined,
      timestampMs: undefined,
      startOrEnd: undefined,
      start: expr.start,
      end,
    };
  }
  const failHere = (message: string) => parser.fail({ kind: 'invalid', message, start: open.start, end });
  if (expr.type !== 'vectorSelector') return failHere(rangesOnly);
  if (expr.offsetMs !== 0 || expr.offsetExpr !== undefined) failHere('no offset modifiers allowed before range');
  if (expr.timestampMs !== undefined || expr.startOrEnd !== undefined) failHere('no @ modifiers allowed before range');
  return {
    type: 'matrixSelector',
    selector: expr,
    rangeMs: rangePart.ms,
    rangeExpr: rangePart.expr,
    start: expr.start,
    end,
  };
}

/** Applies `anchored` or `smoothed`. */
export function applyExtension(parser: Parser, expr: Expr, extension: 'anchored' | 'smoothed'): Expr {
  const check = (present: string | undefined) => {
    if (present === undefined || present === extension) return;
    failAt(parser, expr, 'anchored and smoothed modifiers cannot be used together');
  };
  switch (expr.type) {
    case 'vectorSelector':
      check(expr.extension);
      return { ...expr, extension };
    case 'matrixSelector':
      check(expr.selector.extension);
      return { ...expr, selector: { ...expr.selector, extension } };
    case 'subquery':
      return failAt(parser, expr, `${extension} modifier is not supported for subqueries`);
    default:
      return failAt(parser, expr, `${extension} modifier not implemented`);
  }
}

function changeTime(
  parser: Parser,
  expr: Expr,
  refusal: string,
  change: (time: TimeModifiers) => Partial<TimeModifiers>,
): Expr {
  const end = parser.lastEnd;
  if (expr.type === 'vectorSelector' || expr.type === 'subquery') return { ...expr, ...change(expr), end };
  if (expr.type === 'matrixSelector') return { ...expr, selector: { ...expr.selector, ...change(expr.selector) }, end };
  return failAt(parser, expr, refusal);
}

function failAt(parser: Parser, expr: Expr, message: string): never {
  return parser.fail({ kind: 'invalid', message, start: expr.start, end: expr.end });
}

function splitDuration(node: DurationNode): {
  ms: number;
  expr: Extract<DurationNode, { type: 'duration' }> | undefined;
} {
  return node.type === 'number' ? { ms: toMs(node.value), expr: undefined } : { ms: 0, expr: node };
}

// Go rounds to nanoseconds and then drops what is below a millisecond.
function toMs(seconds: number): number {
  return Math.trunc(Math.round(seconds * 1e9) / 1e6);
}
