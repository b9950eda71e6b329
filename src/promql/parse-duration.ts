// Arithmetic on durations: what may stand inside `[…]` and behind `offset`. Plain numbers stay literals; everything else
// becomes a DurationExpr that prepare.ts evaluates before the query runs.
import type { DurationExpr, DurationNode, DurationOperator } from './ast.ts';
import type { Parser } from './parser.ts';
import type { Token, TokenKind } from './token.ts';

type DurationBinary = '+' | '-' | '*' | '/' | '%' | '^';

const precedence: Readonly<Record<DurationBinary, number>> = { '+': 1, '-': 1, '*': 2, '/': 2, '%': 2, '^': 3 };

function isDurationBinary(kind: TokenKind): kind is DurationBinary {
  return Object.hasOwn(precedence, kind);
}

/** A whole duration expression whose operators bind at least as tight as `minPrecedence`. */
export function parseDurationExpr(parser: Parser, minPrecedence: number): DurationNode {
  return parseDurationRest(parser, parseDurationPrimary(parser), minPrecedence);
}

/**
 * What may follow `offset`: a literal, a call or a signed one of these end it at once, so that `x offset -2^2` is
 * `(x offset -2)^2`; only unsigned parentheses may be followed by operators.
 */
export function parseOffsetDuration(parser: Parser): DurationNode {
  const { kind } = parser.peek();
  if (kind === '+' || kind === '-') {
    const sign = parser.next();
    const isSimple = ['(', 'NUMBER', 'DURATION', 'step', 'range', 'max_of', 'min_of'].includes(parser.peek().kind);
    if (isSimple) return applySign(parser, sign, parseDurationPrimary(parser));
    const signed = applySign(parser, sign, parseDurationExpr(parser, precedence['*']));
    return parseDurationRest(parser, signed, 0);
  }
  const primary = parseDurationPrimary(parser);
  return kind === '(' ? parseDurationRest(parser, primary, 0) : primary;
}

function parseDurationRest(parser: Parser, first: DurationNode, minPrecedence: number): DurationNode {
  let lhs = first;
  for (;;) {
    const op = parser.peek();
    if (!isDurationBinary(op.kind) || precedence[op.kind] < minPrecedence) return lhs;
    parser.next();
    const rhs = parseDurationExpr(parser, op.kind === '^' ? precedence[op.kind] : precedence[op.kind] + 1);
    if ((op.kind === '/' || op.kind === '%') && rhs.type === 'number' && rhs.value === 0) {
      const message = op.kind === '/' ? 'division by zero' : 'modulo by zero';
      parser.fail({ kind: 'syntax', message, start: op.start, end: op.end });
    }
    lhs = make(op.kind, { lhs, rhs, start: lhs.start, end: rhs.end });
  }
}

function parseDurationPrimary(parser: Parser): DurationNode {
  const token = parser.peek();
  switch (token.kind) {
    case '+':
    case '-':
      parser.next();
      return applySign(parser, token, parseDurationExpr(parser, precedence['^']));
    case '(':
      return parseWrapped(parser);
    case 'step':
    case 'range': {
      parser.next();
      parser.expect('(');
      const close = parser.expect(')');
      return make(token.kind, { start: token.start, end: close.end });
    }
    case 'max_of':
    case 'min_of': {
      parser.next();
      parser.expect('(');
      const lhs = parseDurationExpr(parser, 0);
      parser.expect(',');
      const rhs = parseDurationExpr(parser, 0);
      parser.expect(')');
      return make(token.kind, { lhs, rhs, start: lhs.start, end: rhs.end });
    }
    default: {
      const literal = parser.parseNumber();
      parser.checkDurationRange(literal.value, literal);
      return literal;
    }
  }
}

function parseWrapped(parser: Parser): DurationNode {
  const open = parser.next();
  const inner = parseDurationExpr(parser, 0);
  const close = parser.expect(')');
  if (inner.type === 'duration') return { ...inner, wrapped: true };
  // A bare number has nowhere to keep its parentheses, so it becomes the operand of a silent plus.
  return make('+', { rhs: inner, wrapped: true, start: open.start, end: close.end });
}

function applySign(parser: Parser, sign: Token, node: DurationNode): DurationNode {
  if (node.type === 'number') {
    const value = sign.kind === '-' ? -node.value : node.value;
    parser.checkDurationRange(value, sign);
    return { ...node, value, start: sign.start };
  }
  return sign.kind === '-' ? make('-', { rhs: node, start: sign.start, end: node.end }) : node;
}

function make(
  op: DurationOperator,
  parts: Pick<DurationExpr, 'start' | 'end'> & Partial<Pick<DurationExpr, 'lhs' | 'rhs' | 'wrapped'>>,
): DurationExpr {
  return { type: 'duration', op, lhs: undefined, rhs: undefined, wrapped: false, ...parts };
}
