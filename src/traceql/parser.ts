// Reads a TraceQL text into its syntax tree. Recursive descent; precedence climbing for the three kinds of operators.
// At each place the parser says which tokens could stand there, which makes both our message and Tempo's.
import type * as ast from './ast.ts';
import { climb } from './climb.ts';
import { parseAttributeList, parseFieldExpression, parseFilter } from './parse-field.ts';
import { parseHints, parseMetrics, parseSecondStages, startsMetrics } from './parse-metrics.ts';
import {
  arithmeticPrecedence,
  makeScalarOperation,
  parseScalarOperand,
  parseScalarRest,
  startsScalar,
} from './parse-scalar.ts';
import { TokenStream } from './token-stream.ts';

/** Parses a query. @throws QueryError of kind syntax, with place, expectation and Tempo's text. */
export function parseTraceql(text: string): ast.Query {
  const stream = new TokenStream(text);
  const first = parseElementOrGroup(stream);
  if (first.kind !== 'spanset' && first.kind !== 'element' && first.kind !== 'wrapped') {
    const filter = parseScalarPipelineFilter(stream, first);
    return finish(stream, { pipeline: wrap(filter), metrics: undefined, secondStages: [] });
  }
  if (first.kind === 'wrapped')
    return finish(stream, { pipeline: wrap(first.node), metrics: undefined, secondStages: [] });
  const pipeline = parsePipelineRest(stream, first.node, 'query');
  if (!stream.at('|')) return finish(stream, { pipeline: pipeline.node, metrics: undefined, secondStages: [] });
  stream.next();
  const metrics = parseMetrics(stream);
  return finish(stream, { pipeline: pipeline.node, metrics, secondStages: parseSecondStages(stream) });
}

/** What an operand of a pipeline turned out to be; brackets mean different things around each. */
type Parsed =
  /** Filters and operators on them. */
  | { readonly kind: 'spanset'; readonly node: ast.SpansetExpression }
  /** Scalar filter, by or select, which start a pipeline. */
  | { readonly kind: 'element'; readonly node: ast.PipelineElement }
  /** A bracketed pipeline, or operators on such. */
  | { readonly kind: 'wrapped'; readonly node: ast.SpansetExpression }
  /** An aggregate, a number or arithmetic on them, not compared yet. */
  | { readonly kind: 'scalar'; readonly node: ast.ScalarExpression }
  /** A bracketed pipeline that ends with an aggregate, or arithmetic on such. */
  | { readonly kind: 'scalarPipeline'; readonly node: ast.ScalarExpression };

type Bracketed = Exclude<Parsed, { kind: 'element' }>;

function finish(stream: TokenStream, query: Omit<ast.Query, 'hints'>): ast.Query {
  let hints: ast.Hint[] | undefined;
  while (stream.at('with')) hints = parseHints(stream);
  if (!stream.at('$end')) stream.fail(['with']);
  return { ...query, hints };
}

function wrap(node: ast.PipelineElement): ast.Pipeline {
  return node.type === 'pipeline' ? node : { type: 'pipeline', elements: [node], start: node.start, end: node.end };
}

// Everything that may start a query or stand right after an opening bracket.
function parseElementOrGroup(stream: TokenStream): Parsed {
  const token = stream.peek();
  if (token.kind === '{') return { kind: 'spanset', node: parseSpansetRest(stream, parseFilter(stream), 0) };
  const element = parseStageOperation(stream);
  if (element) return { kind: 'element', node: element };
  if (startsScalar(token)) return completeScalar(stream, parseScalarOperand(stream));
  if (token.kind !== '(') return stream.fail();
  return continueAfterBracket(stream, parseBracket(stream));
}

function continueAfterBracket(stream: TokenStream, inner: Bracketed): Parsed {
  if (inner.kind === 'spanset') return { kind: 'spanset', node: parseSpansetRest(stream, inner.node, 0) };
  if (inner.kind === 'scalar') return completeScalar(stream, inner.node);
  if (inner.kind === 'scalarPipeline')
    return { kind: 'scalarPipeline', node: parseScalarPipelineRest(stream, inner.node, 0) };
  return { kind: 'wrapped', node: parseWrappedRest(stream, inner.node, 0) };
}

// A scalar alone is no query: after arithmetic comes a comparison, unless a closing bracket says it goes on outside.
function completeScalar(stream: TokenStream, first: ast.ScalarExpression): Parsed {
  const left = parseScalarRest(stream, first, 0);
  if (stream.at(')')) return { kind: 'scalar', node: left };
  return { kind: 'element', node: parseComparison(stream, left) };
}

function parseComparison(stream: TokenStream, left: ast.ScalarExpression): ast.ScalarFilter {
  const op = stream.take(comparisons);
  if (!op) return stream.fail();
  const right = parseScalarRest(stream, parseScalarOperand(stream), 0);
  return { type: 'scalarFilter', op: op.kind as ast.ComparisonOp, left, right, start: left.start, end: right.end };
}

const comparisons = ['=', '!=', '<', '<=', '>', '>='] as const satisfies readonly ast.ComparisonOp[];

/** What stands in brackets, with the closing bracket taken. */
function parseBracket(stream: TokenStream): Bracketed {
  const open = stream.next();
  const inner = parseElementOrGroup(stream);
  const place = () => ({ start: open.start, end: stream.next().end });
  if (inner.kind === 'scalar' || inner.kind === 'scalarPipeline' || inner.kind === 'wrapped') {
    if (!stream.at(')')) return stream.fail();
    return { kind: inner.kind, node: { ...inner.node, ...place() } } as Bracketed; // same kind and node as `inner`
  }
  if (inner.kind === 'spanset' && stream.at(')')) return { kind: 'spanset', node: { ...inner.node, ...place() } };
  const rest = parsePipelineRest(stream, inner.node, 'bracket');
  if (!stream.at(')')) return stream.fail(rest.endsWithAggregate ? [')'] : [')', '|']);
  const node = { ...rest.node, ...place() };
  return rest.endsWithAggregate ? { kind: 'scalarPipeline', node } : { kind: 'wrapped', node };
}

/**
 * The stages after the first element. In a query it stops before `| rate()` and the like; in brackets a last aggregate
 * makes the pipeline a scalar.
 */
function parsePipelineRest(
  stream: TokenStream,
  first: ast.PipelineElement,
  where: 'query' | 'bracket',
): { readonly node: ast.Pipeline; readonly endsWithAggregate: boolean } {
  const elements: ast.PipelineElement[] = [first];
  let endsWithAggregate = false;
  while (!endsWithAggregate && stream.at('|')) {
    if (where === 'query' && startsMetrics(stream.peek(1))) break;
    stream.next();
    const stage = parseStage(stream, where);
    elements.push(stage);
    endsWithAggregate = stage.type === 'aggregate';
  }
  const last = elements.at(-1) ?? first;
  return { node: { type: 'pipeline', elements, start: first.start, end: last.end }, endsWithAggregate };
}

function parseStage(stream: TokenStream, where: 'query' | 'bracket'): ast.PipelineElement {
  const token = stream.peek();
  if (token.kind === '{') return parseSpansetRest(stream, parseFilter(stream), 0);
  if (token.kind === 'coalesce') return parseCoalesce(stream);
  const operation = parseStageOperation(stream);
  if (operation) return operation;
  if (token.kind !== '(' && !startsScalar(token)) return stream.fail();
  if (token.kind === '(' && !bracketHoldsScalar(stream))
    return parseSpansetRest(stream, parseSpansetOperand(stream), 0);
  const first = parseScalarOperand(stream);
  const left = parseScalarRest(stream, first, 0);
  if (where === 'bracket' && left.type === 'aggregate' && stream.at(')')) return left;
  return parseComparison(stream, left);
}

function bracketHoldsScalar(stream: TokenStream): boolean {
  let ahead = 0;
  while (stream.peek(ahead).kind === '(') ahead++;
  return stream.peek(ahead).kind !== '{';
}

function parseStageOperation(stream: TokenStream): ast.GroupOperation | ast.SelectOperation | undefined {
  const { kind, start } = stream.peek();
  if (kind === 'by') {
    stream.next();
    stream.expect('(');
    const expression = parseFieldExpression(stream);
    return { type: 'by', expression, start, end: stream.expectLast(')').end };
  }
  if (kind !== 'select') return undefined;
  stream.next();
  stream.expect('(');
  const attributes = parseAttributeList(stream);
  return { type: 'select', attributes, start, end: stream.expect(')', [')', ',']).end };
}

function parseCoalesce(stream: TokenStream): ast.CoalesceOperation {
  const { start } = stream.next();
  stream.expect('(');
  return { type: 'coalesce', start, end: stream.expect(')').end };
}

const structural: readonly ast.SpansetOp[] = [
  '>',
  '<',
  '>>',
  '<<',
  '~',
  '!>',
  '!<',
  '!>>',
  '!<<',
  '!~',
  '&>',
  '&<',
  '&>>',
  '&<<',
  '&~',
];
/** Higher binds tighter; all are left-associative. */
const spansetPrecedence: Readonly<Record<string, number>> = {
  '&&': 1,
  '||': 1,
  ...Object.fromEntries(structural.map((op) => [op, 2])),
};

function parseSpansetOperand(stream: TokenStream): ast.SpansetExpression {
  if (stream.at('{')) return parseFilter(stream);
  const open = stream.expect('(', ['{', '(']);
  const inner = parseSpansetRest(stream, parseSpansetOperand(stream), 0);
  const close = stream.expectLast(')');
  return { ...inner, start: open.start, end: close.end };
}

function parseSpansetRest(stream: TokenStream, left: ast.SpansetExpression, minimum: number): ast.SpansetExpression {
  return climb(stream, left, minimum, {
    precedence: spansetPrecedence,
    operand: parseSpansetOperand,
    make: makeSpansetOperation,
  });
}

function makeSpansetOperation(
  op: string,
  left: ast.SpansetExpression,
  right: ast.SpansetExpression,
): ast.SpansetExpression {
  // Only keys of spansetPrecedence come here, and they are the operators.
  return { type: 'spansetOperation', op: op as ast.SpansetOp, left, right, start: left.start, end: right.end };
}

// Operands of operators on bracketed pipelines are bracketed as well.
function parseWrappedOperand(stream: TokenStream): ast.SpansetExpression {
  const open = stream.expect('(');
  const first = parseElementOrGroup(stream);
  if (first.kind === 'wrapped' && stream.at(')')) return { ...first.node, start: open.start, end: stream.next().end };
  if (first.kind !== 'spanset' && first.kind !== 'element') return stream.fail();
  const rest = parsePipelineRest(stream, first.node, 'query');
  const close = stream.expect(')', [')', '|']);
  return { ...rest.node, start: open.start, end: close.end };
}

function parseWrappedRest(stream: TokenStream, left: ast.SpansetExpression, minimum: number): ast.SpansetExpression {
  return climb(stream, left, minimum, {
    precedence: spansetPrecedence,
    operand: parseWrappedOperand,
    make: makeSpansetOperation,
  });
}

function parseScalarPipelineOperand(stream: TokenStream): ast.ScalarExpression {
  if (!stream.at('(')) return stream.fail(['(']);
  const inner = parseBracket(stream);
  return inner.kind === 'scalarPipeline' ? inner.node : stream.fail();
}

function parseScalarPipelineRest(
  stream: TokenStream,
  left: ast.ScalarExpression,
  minimum: number,
): ast.ScalarExpression {
  return climb(stream, left, minimum, {
    precedence: arithmeticPrecedence,
    operand: parseScalarPipelineOperand,
    make: makeScalarOperation,
  });
}

function parseScalarPipelineFilter(stream: TokenStream, first: Parsed): ast.ScalarFilter {
  const op = stream.take(comparisons);
  // A lone scalar in brackets ("(count())") lacks its comparison too.
  if (!op || first.kind === 'spanset' || first.kind === 'wrapped' || first.kind === 'element') return stream.fail();
  const left = first.node;
  if (first.kind === 'scalar') {
    const right = parseScalarRest(stream, parseScalarOperand(stream), 0);
    return { type: 'scalarFilter', op: op.kind as ast.ComparisonOp, left, right, start: left.start, end: right.end };
  }
  const right = stream.at('(')
    ? parseScalarPipelineRest(stream, parseScalarPipelineOperand(stream), 0)
    : stream.parseLiteral();
  return { type: 'scalarFilter', op: op.kind as ast.ComparisonOp, left, right, start: left.start, end: right.end };
}
