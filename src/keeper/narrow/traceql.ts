// A TraceQL query, narrowed to the spans of one stack: every spanset filter gets one more condition, and a pipeline that
// begins without a filter gets one.
import type * as ast from '../../traceql/ast.ts';
import { parseTraceql } from '../../traceql/parser.ts';
import { printTraceql } from '../../traceql/print.ts';
import { validateTraceql } from '../../traceql/validate.ts';
import { stackAttribute } from './stack-label.ts';

/** The query over this stack's spans alone. @throws QueryError */
export function narrowTraceql(text: string, stackId: string): string {
  const query = parseTraceql(text);
  validateTraceql(query, text);
  return printTraceql({ ...query, pipeline: narrowPipeline(query.pipeline, stackId) });
}

/** The query that finds all spans of a stack. */
export function selectStackSpans(stackId: string): string {
  return `{ ${printStackCondition(stackId)} }`;
}

/** The condition itself, for a filter that is put together as text. */
export function printStackCondition(stackId: string): string {
  return `resource.${stackAttribute} = "${stackId}"`;
}

type Node = ast.PipelineElement | ast.ScalarExpression;
type NodeOf<Type extends Node['type']> = Extract<Node, { type: Type }>;
type Narrowers = { readonly [Type in Node['type']]: (node: NodeOf<Type>, stackId: string) => NodeOf<Type> };

const same = <T>(node: T): T => node;

const narrowers: Narrowers = {
  filter: (node, stackId) => ({ ...node, expression: narrowCondition(node.expression, stackId) }),
  spansetOperation: narrowSides,
  scalarFilter: narrowSides,
  scalarOperation: narrowSides,
  pipeline: narrowPipeline,
  // These look at the spans that the elements before them let through.
  aggregate: same,
  by: same,
  coalesce: same,
  select: same,
  static: same,
};

function narrowNode<T extends Node>(node: T, stackId: string): T {
  // The table has an entry per node type that takes and gives exactly that type.
  return (narrowers[node.type] as unknown as (node: T, stackId: string) => T)(node, stackId);
}

function narrowSides<T extends ast.SpansetOperation | ast.ScalarFilter | ast.ScalarOperation>(
  node: T,
  stackId: string,
): T {
  return { ...node, left: narrowNode(node.left, stackId), right: narrowNode(node.right, stackId) };
}

function narrowPipeline(pipeline: ast.Pipeline, stackId: string): ast.Pipeline {
  const elements = pipeline.elements.map((element) => narrowNode(element, stackId));
  const [first] = pipeline.elements;
  return first === undefined || selectsSpans(first)
    ? { ...pipeline, elements }
    : { ...pipeline, elements: [makeFilter(stackId), ...elements] };
}

/** Whether all spans that come out of an element passed a filter within it. */
function selectsSpans(element: Node): boolean {
  if (element.type === 'scalarFilter' || element.type === 'scalarOperation') {
    const sides = [element.left, element.right].filter((side) => side.type !== 'static');
    return sides.length > 0 && sides.every(selectsSpans);
  }
  return element.type === 'filter' || element.type === 'spansetOperation' || element.type === 'pipeline';
}

function narrowCondition(expression: ast.FieldExpression, stackId: string): ast.FieldExpression {
  const condition = makeCondition(stackId);
  const isEverything = expression.type === 'static' && expression.value.type === 'boolean' && expression.value.value;
  return isEverything ? condition : { ...nowhere, type: 'binary', op: '&&', left: expression, right: condition };
}

function makeFilter(stackId: string): ast.SpansetFilter {
  return { ...nowhere, type: 'filter', expression: makeCondition(stackId) };
}

function makeCondition(stackId: string): ast.FieldExpression {
  const ref = { scope: 'resource', parent: false, name: stackAttribute, intrinsic: undefined } as const;
  return {
    ...nowhere,
    type: 'binary',
    op: '=',
    left: { ...nowhere, type: 'attribute', ref },
    right: { ...nowhere, type: 'static', value: { type: 'string', value: stackId } },
  };
}

/** Nodes that no text stands behind. */
const nowhere = { start: 0, end: 0 } as const;
