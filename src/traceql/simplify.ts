// Constants folded and chains of comparisons joined, as Tempo does before it validates and runs a query. Both show: the
// first in error texts (`by(1 + 1)` is refused as `by(2)`), the second in which values a filter sees (conditions.ts).
import type * as ast from './ast.ts';
import { applyBinary, applyUnary, type RegexCache } from './operators.ts';
import { isOperatorTypeValid, referencesSpan, validateExpression } from './types.ts';
import { nil, type Static } from './values.ts';

type Rewrite = (expression: ast.FieldExpression) => ast.FieldExpression;

/** The query with constant expressions calculated. */
export function foldConstants(query: ast.Query): ast.Query {
  return mapQuery(query, fold);
}

/** The query with `.a = 1 || .a = 2` joined to one comparison with a list, and its three relatives. */
export function joinComparisons(query: ast.Query): ast.Query {
  return mapQuery(query, join);
}

function mapQuery(query: ast.Query, rewrite: Rewrite): ast.Query {
  const { metrics } = query;
  return {
    ...query,
    pipeline: mapPipeline(query.pipeline, rewrite),
    metrics: metrics?.type === 'compare' ? { ...metrics, filter: mapFilter(metrics.filter, rewrite) } : metrics,
  };
}

function mapPipeline(pipeline: ast.Pipeline, rewrite: Rewrite): ast.Pipeline {
  return { ...pipeline, elements: pipeline.elements.map((e) => mapElement(e, rewrite)) };
}

function mapElement(element: ast.PipelineElement, rewrite: Rewrite): ast.PipelineElement {
  switch (element.type) {
    case 'by':
      return { ...element, expression: rewrite(element.expression) };
    case 'scalarFilter':
      return { ...element, left: mapScalar(element.left, rewrite), right: mapScalar(element.right, rewrite) };
    case 'aggregate':
      return mapAggregate(element, rewrite);
    case 'coalesce':
    case 'select':
      return element;
    default:
      return mapSpanset(element, rewrite);
  }
}

function mapSpanset(node: ast.SpansetExpression, rewrite: Rewrite): ast.SpansetExpression {
  if (node.type === 'filter') return mapFilter(node, rewrite);
  if (node.type === 'pipeline') return mapPipeline(node, rewrite);
  return { ...node, left: mapSpanset(node.left, rewrite), right: mapSpanset(node.right, rewrite) };
}

function mapFilter(filter: ast.SpansetFilter, rewrite: Rewrite): ast.SpansetFilter {
  return { ...filter, expression: rewrite(filter.expression) };
}

function mapScalar(node: ast.ScalarExpression, rewrite: Rewrite): ast.ScalarExpression {
  if (node.type === 'aggregate') return mapAggregate(node, rewrite);
  if (node.type === 'pipeline') return mapPipeline(node, rewrite);
  if (node.type === 'static') return node;
  return { ...node, left: mapScalar(node.left, rewrite), right: mapScalar(node.right, rewrite) };
}

function mapAggregate(node: ast.Aggregate, rewrite: Rewrite): ast.Aggregate {
  return node.expression ? { ...node, expression: rewrite(node.expression) } : node;
}

function mapOperands(node: ast.FieldExpression, rewrite: Rewrite): ast.FieldExpression {
  if (node.type === 'binary') return { ...node, left: rewrite(node.left), right: rewrite(node.right) };
  return 'operand' in node ? { ...node, operand: rewrite(node.operand) } : node;
}

function fold(expression: ast.FieldExpression): ast.FieldExpression {
  const node = normaliseTraceId(mapOperands(expression, fold));
  if (node.type === 'static' || referencesSpan(node) || !isFoldable(node)) return node;
  const value = calculate(node);
  return value === undefined ? node : { type: 'static', value, start: node.start, end: node.end };
}

function isFoldable(node: ast.FieldExpression): boolean {
  return validateExpression(node, '') === undefined && isOperatorTypeValid(node);
}

function calculate(node: ast.FieldExpression): Static | undefined {
  const regexes: RegexCache = new Map();
  const constant = (operand: ast.FieldExpression) => (operand.type === 'static' ? operand.value : nil);
  try {
    if (node.type === 'binary') return applyBinary(node.op, constant(node.left), constant(node.right), regexes);
    if (node.type === 'unary') return applyUnary(node.op, constant(node.operand), () => '');
  } catch {
    return undefined; // division by zero is reported when the query runs
  }
  if (node.type === 'exists') return { type: 'boolean', value: constant(node.operand).type !== 'nil' };
  return { type: 'boolean', value: false };
}

// Trace ids are shown without leading zeros, so they are compared without them.
function normaliseTraceId(node: ast.FieldExpression): ast.FieldExpression {
  if (node.type !== 'binary') return node;
  if (isTraceId(node.left)) return { ...node, right: trimZeros(node.right) };
  return isTraceId(node.right) ? { ...node, left: trimZeros(node.left) } : node;
}

function isTraceId(node: ast.FieldExpression): boolean {
  return node.type === 'attribute' && node.ref.intrinsic === 'trace:id';
}

function trimZeros(node: ast.FieldExpression): ast.FieldExpression {
  if (node.type !== 'static' || node.value.type !== 'string') return node;
  return { ...node, value: { type: 'string', value: node.value.value.replace(/^0+/, '') } };
}

interface JoinRule {
  readonly outer: '&&' | '||';
  readonly op: ast.BinaryOp;
  readonly joined: ast.ArrayOp;
  readonly stringsOnly: boolean;
}

const joinRules: readonly JoinRule[] = [
  { outer: '||', op: '=', joined: 'IN', stringsOnly: false },
  { outer: '&&', op: '!=', joined: 'NOT IN', stringsOnly: false },
  { outer: '||', op: '=~', joined: 'MATCH ANY', stringsOnly: true },
  { outer: '&&', op: '!~', joined: 'MATCH NONE', stringsOnly: true },
];

function join(expression: ast.FieldExpression): ast.FieldExpression {
  const node = mapOperands(expression, join);
  if (node.type !== 'binary') return node;
  const rule = joinRules.find((r) => r.outer === node.op && joinTwo(node, r) !== undefined);
  return (rule && joinTwo(node, rule)) ?? node;
}

function joinTwo(node: ast.Binary, rule: JoinRule): ast.Binary | undefined {
  const left = readComparison(node.left, rule);
  const right = readComparison(node.right, rule);
  if (!left || !right || !isSameRef(left.attribute.ref, right.attribute.ref)) return undefined;
  const value = concatenate(left.value, right.value);
  if (value === undefined || (rule.stringsOnly && value.type !== 'strings')) return undefined;
  const list: ast.Literal = { type: 'static', value, start: node.right.start, end: node.right.end };
  return { ...node, op: rule.joined, left: left.attribute, right: list };
}

function readComparison(
  node: ast.FieldExpression,
  rule: JoinRule,
): { attribute: ast.Attribute; value: Static } | undefined {
  if (node.type !== 'binary' || (node.op !== rule.op && node.op !== rule.joined)) return undefined;
  if (node.left.type === 'attribute' && node.right.type === 'static')
    return { attribute: node.left, value: node.right.value };
  if (node.right.type === 'attribute' && node.left.type === 'static')
    return { attribute: node.right, value: node.left.value };
  return undefined;
}

/** Do both name the same attribute? */
export function isSameRef(a: ast.AttributeRef, b: ast.AttributeRef): boolean {
  return a.scope === b.scope && a.parent === b.parent && a.name === b.name && a.intrinsic === b.intrinsic;
}

function concatenate(a: Static, b: Static): Static | undefined {
  // A list takes elements of its own kind only: 1 and "1" stay apart.
  if (isStringy(a) && isStringy(b)) return { type: 'strings', value: [a.value, b.value].flat() as string[] };
  if (isInty(a) && isInty(b)) return { type: 'ints', value: [a.value, b.value].flat() as (number | bigint)[] };
  if (isFloaty(a) && isFloaty(b)) return { type: 'floats', value: [a.value, b.value].flat() as number[] };
  if (isBooleany(a) && isBooleany(b)) return { type: 'booleans', value: [a.value, b.value].flat() as boolean[] };
  return undefined;
}

type Of<T extends Static['type']> = Extract<Static, { type: T }>;
const isStringy = (v: Static): v is Of<'string' | 'strings'> => v.type === 'string' || v.type === 'strings';
const isInty = (v: Static): v is Of<'int' | 'ints'> => v.type === 'int' || v.type === 'ints';
const isFloaty = (v: Static): v is Of<'float' | 'floats'> => v.type === 'float' || v.type === 'floats';
const isBooleany = (v: Static): v is Of<'boolean' | 'booleans'> => v.type === 'boolean' || v.type === 'booleans';
