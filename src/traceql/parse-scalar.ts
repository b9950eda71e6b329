// Scalars: aggregates over the spans of a spanset, numbers, and arithmetic on them.
import type * as ast from './ast.ts';
import { climb } from './climb.ts';
import type { Token } from './lexer.ts';
import { parseFieldExpression } from './parse-field.ts';
import type { TokenStream } from './token-stream.ts';
import type { Static } from './values.ts';

export const arithmeticPrecedence: Readonly<Record<string, number>> = {
  '+': 1,
  '-': 1,
  '*': 2,
  '/': 2,
  '%': 2,
  '^': 3,
};

const aggregates: ReadonlySet<string> = new Set(['count', 'avg', 'max', 'min', 'sum']);
const numbers: ReadonlySet<string> = new Set(['INTEGER', 'FLOAT', 'DURATION']);

/** May a scalar begin with this token (brackets aside)? */
export function startsScalar(token: Token): boolean {
  return aggregates.has(token.kind) || numbers.has(token.kind) || token.kind === '-';
}

export function parseScalarOperand(stream: TokenStream): ast.ScalarExpression {
  const token = stream.peek();
  if (token.kind === '(') {
    stream.next();
    const inner = parseScalarRest(stream, parseScalarOperand(stream), 0);
    return { ...inner, start: token.start, end: stream.expectLast(')').end };
  }
  if (aggregates.has(token.kind)) return parseAggregate(stream);
  if (token.kind === '-') return parseNegativeNumber(stream);
  return numbers.has(token.kind) ? stream.parseLiteral() : stream.fail();
}

/** Arithmetic after a scalar. */
export function parseScalarRest(
  stream: TokenStream,
  first: ast.ScalarExpression,
  minimum: number,
): ast.ScalarExpression {
  return climb(stream, first, minimum, {
    precedence: arithmeticPrecedence,
    operand: parseScalarOperand,
    make: makeScalarOperation,
  });
}

/** Joins two scalars by an arithmetic operator. */
export function makeScalarOperation(
  op: string,
  left: ast.ScalarExpression,
  right: ast.ScalarExpression,
): ast.ScalarOperation {
  // Only keys of arithmeticPrecedence come here, and they are the operators.
  return { type: 'scalarOperation', op: op as ast.ArithmeticOp, left, right, start: left.start, end: right.end };
}

/** `- 5`, a number with a sign. */
export function parseNegativeNumber(stream: TokenStream): ast.Literal {
  const minus = stream.next();
  if (!numbers.has(stream.peek().kind)) return stream.fail(['INTEGER', 'FLOAT', 'DURATION']);
  const literal = stream.parseLiteral();
  return { ...literal, value: negate(literal.value), start: minus.start };
}

function negate(value: Static): Static {
  if (value.type === 'int') return { type: 'int', value: -value.value };
  return value.type === 'float' || value.type === 'duration' ? { type: value.type, value: -value.value } : value;
}

function parseAggregate(stream: TokenStream): ast.Aggregate {
  const name = stream.next();
  const op = name.kind as ast.AggregateOp; // callers saw it in `aggregates`
  stream.expect('(');
  if (op === 'count')
    return { type: 'aggregate', op, expression: undefined, start: name.start, end: stream.expect(')').end };
  const expression = parseFieldExpression(stream);
  return { type: 'aggregate', op, expression, start: name.start, end: stream.expectLast(')').end };
}
