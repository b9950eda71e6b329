// Field expressions: what stands in a span filter, in by() and in aggregates; and the attributes they name.
import type * as ast from './ast.ts';
import { makeUnknownIdentifier } from './errors.ts';
import type { Token } from './lexer.ts';
import { readLiteral, type TokenStream } from './token-stream.ts';

const comparison = 2;
const sum = 3;
const not = 4;
const product = 5;
const precedence: Readonly<Record<string, number>> = {
  '&&': 1,
  '||': 1,
  ...Object.fromEntries(['=', '!=', '<', '<=', '>', '>=', '=~', '!~'].map((op) => [op, comparison])),
  '+': sum,
  '-': sum,
  '*': product,
  '/': product,
  '%': product,
  '^': 6,
};

export function parseFieldExpression(stream: TokenStream): ast.FieldExpression {
  return parseRest(stream, parseOperand(stream), 0);
}

/** `{ … }` */
export function parseFilter(stream: TokenStream): ast.SpansetFilter {
  const open = stream.expect('{');
  const close = stream.take(['}']);
  if (close) {
    const place = { start: open.end, end: open.end };
    return {
      type: 'filter',
      expression: { type: 'static', value: { type: 'boolean', value: true }, ...place },
      start: open.start,
      end: close.end,
    };
  }
  const expression = parseFieldExpression(stream);
  return { type: 'filter', expression, start: open.start, end: stream.expectLast('}').end };
}

/** `attribute, attribute …` up to, not including, the closing bracket. */
export function parseAttributeList(stream: TokenStream): ast.Attribute[] {
  const attributes = [parseAttribute(stream)];
  while (stream.take([','])) attributes.push(parseAttribute(stream));
  return attributes;
}

export function parseAttribute(stream: TokenStream): ast.Attribute {
  return takeAttribute(stream) ?? stream.fail();
}

function parseRest(stream: TokenStream, first: ast.FieldExpression, minimum: number): ast.FieldExpression {
  let left = first;
  for (;;) {
    const existence = takeNilComparison(stream, left, minimum);
    if (existence === undefined) break;
    left = existence;
  }
  const before = left;
  left = climbOnce(stream, left, minimum);
  return left === before ? left : parseRest(stream, left, minimum);
}

// One operator at a time, so that `= nil` is seen wherever a comparison could stand.
function climbOnce(stream: TokenStream, left: ast.FieldExpression, minimum: number): ast.FieldExpression {
  const op = stream.peek().kind;
  const own = precedence[op];
  if (own === undefined || own <= minimum) return left;
  stream.next();
  const right = parseRest(stream, parseOperand(stream), op === '^' ? own - 1 : own);
  // Only keys of `precedence` come here, and they are the operators.
  return { type: 'binary', op: op as ast.BinaryOp, left, right, start: left.start, end: right.end };
}

// `x = nil`, `x != nil`; but `x = nil = …` with the nil belonging to what follows is not read that way by Tempo either.
function takeNilComparison(
  stream: TokenStream,
  operand: ast.FieldExpression,
  minimum: number,
): ast.Existence | undefined {
  if (comparison <= minimum || stream.peek(1).kind !== 'nil') return undefined;
  const op = stream.take(['=', '!=']);
  if (!op) return undefined;
  const end = stream.next().end;
  return { type: op.kind === '=' ? 'missing' : 'exists', operand, start: operand.start, end };
}

function parseOperand(stream: TokenStream): ast.FieldExpression {
  const token = stream.peek();
  if (token.kind === '(') return parseBracketed(stream);
  if (token.kind === '-' || token.kind === '!') return parseUnary(stream, token.kind);
  if (token.kind === 'nil') return parseLeadingNil(stream);
  if (readLiteral(token) !== undefined) return stream.parseLiteral();
  if (token.kind === 'IDENTIFIER') throw makeUnknownIdentifier(stream.text, token);
  return takeAttribute(stream) ?? stream.fail();
}

function parseBracketed(stream: TokenStream): ast.FieldExpression {
  const { start } = stream.next();
  const inner = parseFieldExpression(stream);
  return { ...inner, start, end: stream.expectLast(')').end };
}

function parseUnary(stream: TokenStream, op: '-' | '!'): ast.Unary {
  const { start } = stream.next();
  const operand = parseRest(stream, parseOperand(stream), op === '-' ? sum : not);
  return { type: 'unary', op, operand, start, end: operand.end };
}

// `nil = x` and `nil != x`; nil compared with nil is false, whichever way.
function parseLeadingNil(stream: TokenStream): ast.FieldExpression {
  const { start } = stream.next();
  const op = stream.take(['=', '!=']);
  if (!op) return stream.fail(['=', '!=']);
  const second = stream.take(['nil']);
  if (second) return { type: 'static', value: { type: 'boolean', value: false }, start, end: second.end };
  const operand = parseRest(stream, parseOperand(stream), comparison);
  return { type: op.kind === '=' ? 'missing' : 'exists', operand, start, end: operand.end };
}

const unscopedIntrinsics: ReadonlySet<string> = new Set([
  'duration',
  'name',
  'status',
  'statusMessage',
  'kind',
  'parent',
  'rootName',
  'rootServiceName',
  'traceDuration',
  'nestedSetLeft',
  'nestedSetRight',
  'nestedSetParent',
]);

const scopedIntrinsics: Readonly<Record<string, Readonly<Record<string, ast.Intrinsic>>>> = {
  'trace:': { duration: 'traceDuration', rootName: 'rootName', rootService: 'rootServiceName', id: 'trace:id' },
  'span:': {
    duration: 'duration',
    name: 'name',
    kind: 'kind',
    status: 'status',
    statusMessage: 'statusMessage',
    id: 'span:id',
    parentID: 'span:parentID',
    childCount: 'span:childCount',
  },
  'event:': { name: 'event:name', timeSinceStart: 'event:timeSinceStart' },
  'link:': { traceID: 'link:traceID', spanID: 'link:spanID' },
  'instrumentation:': { name: 'instrumentation:name', version: 'instrumentation:version' },
};

const attributeScopes: Readonly<Record<string, ast.AttributeScope>> = {
  '.': 'none',
  'parent.': 'none',
  'span.': 'span',
  'resource.': 'resource',
  'event.': 'event',
  'link.': 'link',
  'instrumentation.': 'instrumentation',
};

function takeAttribute(stream: TokenStream): ast.Attribute | undefined {
  const token = stream.peek();
  if (unscopedIntrinsics.has(token.kind)) {
    stream.next();
    return makeIntrinsic(token.kind as ast.Intrinsic, token, token); // the set lists exactly the unscoped intrinsics
  }
  const members = scopedIntrinsics[token.kind];
  if (members) return parseScopedIntrinsic(stream, members);
  return token.kind in attributeScopes ? parseScopedAttribute(stream) : undefined;
}

function parseScopedIntrinsic(stream: TokenStream, members: Readonly<Record<string, ast.Intrinsic>>): ast.Attribute {
  const first = stream.next();
  const member = members[stream.peek().kind];
  if (member === undefined) return stream.fail(Object.keys(members));
  return makeIntrinsic(member, first, stream.next());
}

function makeIntrinsic(intrinsic: ast.Intrinsic, first: Token, last: Token): ast.Attribute {
  return { type: 'attribute', ref: intrinsicRef(intrinsic), start: first.start, end: last.end };
}

/** The reference to an intrinsic. */
export function intrinsicRef(intrinsic: ast.Intrinsic): ast.AttributeRef {
  return { scope: 'none', parent: false, name: intrinsic, intrinsic };
}

function parseScopedAttribute(stream: TokenStream): ast.Attribute {
  const first = stream.next();
  const parent = first.kind === 'parent.';
  const inner = parent ? stream.take(['span.', 'resource.']) : undefined;
  const name = stream.expect('IDENTIFIER', parent && !inner ? ['IDENTIFIER', 'resource.', 'span.'] : ['IDENTIFIER']);
  const end = stream.expect('END_ATTRIBUTE').end;
  const scope = attributeScopes[inner?.kind ?? first.kind] ?? 'none';
  return {
    type: 'attribute',
    ref: { scope, parent, name: String(name.value), intrinsic: undefined },
    start: first.start,
    end,
  };
}
