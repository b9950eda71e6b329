// Ways to look at fewer spans without changing an answer: when a span that passes the filters is surely one that the
// storage would have handed over, and which test some span of a trace must pass for the trace to matter.
import type * as ast from './ast.ts';
import type { RowTest } from './column-filter.ts';
import { type CompileContext, compileTest, mayThrow } from './compile.ts';
import type { FetchRequest } from './conditions.ts';

/** Is every span that matters surely fetched, so that nobody needs to ask? */
export function impliesFetched({ pipeline }: ast.Query, request: FetchRequest): boolean {
  const [first, ...rest] = pipeline.elements;
  if (!first || rest.some((element) => element.type === 'filter' || element.type === 'spansetOperation')) return false;
  if (first.type === 'filter') {
    // With all conditions required, none may come from anywhere but this filter.
    const isOwn = rest.every((element) => ['select', 'coalesce', 'scalarFilter', 'by'].includes(element.type));
    return isOwn && (first.expression.type === 'static' || showsItself(first.expression));
  }
  // Operators see all spans of a trace; a filter below them never passes one that was not fetched.
  return first.type === 'spansetOperation' && !request.allConditions && operandsShowThemselves(first);
}

function operandsShowThemselves(node: ast.SpansetExpression): boolean {
  if (node.type === 'filter') return node.expression.type === 'static' || showsItself(node.expression);
  if (node.type === 'pipeline') return false;
  return operandsShowThemselves(node.left) && operandsShowThemselves(node.right);
}

const comparisons: ReadonlySet<string> = new Set([
  '=',
  '!=',
  '<',
  '<=',
  '>',
  '>=',
  '=~',
  '!~',
  'IN',
  'NOT IN',
  'MATCH ANY',
  'MATCH NONE',
]);

// True only where a span that passes has a visible value for every condition the expression makes (or for one, behind
// an "or", which then is all that is required).
function showsItself(node: ast.FieldExpression): boolean {
  if (node.type === 'exists') return node.operand.type === 'attribute' && isPlain(node.operand.ref);
  if (node.type !== 'binary') return false;
  if (node.op === '&&' || node.op === '||') return showsItself(node.left) && showsItself(node.right);
  return (
    comparisons.has(node.op) && node.left.type === 'attribute' && node.right.type === 'static' && isPlain(node.left.ref)
  );
}

// Events and links are several per span, and bounds are read without being asked for.
function isPlain(ref: ast.AttributeRef): boolean {
  const { intrinsic, scope } = ref;
  if (scope === 'event' || scope === 'link') return false;
  return intrinsic === undefined || !/^(event|link):|^nestedSet|^span:childCount$/.test(intrinsic);
}

/** The test that some span must pass for a trace to be looked at; undefined if there is none. */
export function findNecessary({ pipeline }: ast.Query, context: CompileContext): RowTest | undefined {
  const [first] = pipeline.elements;
  return first && necessaryOf(first, context);
}

function necessaryOf(node: ast.PipelineElement, context: CompileContext): RowTest | undefined {
  if (node.type === 'pipeline') return node.elements[0] && necessaryOf(node.elements[0], context);
  if (node.type === 'filter') return testOf(node, context);
  if (node.type !== 'spansetOperation') return undefined;
  const right = necessaryOf(node.right, context);
  if (node.op.startsWith('!')) return right;
  const left = necessaryOf(node.left, context);
  if (node.op === '||') return left && right && ((row) => left(row) || right(row));
  return left && right ? chooseRarer(left, right, context) : (left ?? right);
}

function testOf({ expression }: ast.SpansetFilter, context: CompileContext): RowTest | undefined {
  return expression.type === 'static' || mayThrow(expression) || readsBounds(expression)
    ? undefined
    : compileTest(expression, context);
}

// Bounds are there only once the tree of the trace was prepared.
function readsBounds(node: ast.FieldExpression): boolean {
  if (node.type === 'attribute') return node.ref.intrinsic?.startsWith('nestedSet') ?? false;
  if (node.type === 'binary') return readsBounds(node.left) || readsBounds(node.right);
  return 'operand' in node && readsBounds(node.operand);
}

const sampleSize = 256;

function chooseRarer(a: RowTest, b: RowTest, { source }: CompileContext): RowTest {
  const { count } = source.spans;
  const step = Math.max(1, Math.floor(count / sampleSize));
  let difference = 0;
  for (let row = 0; row < count; row += step) difference += Number(a(row)) - Number(b(row));
  return difference <= 0 ? a : b;
}
