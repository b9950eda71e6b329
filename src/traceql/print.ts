// Writes syntax trees as text: as TraceQL that reads back to the same tree, and as Tempo writes it in errors and results.
import { quoteGoString } from '../std/go-string.ts';
import type * as ast from './ast.ts';
import { formatGoG, formatValue, type Static } from './values.ts';

type Node =
  | ast.FieldExpression
  | ast.PipelineElement
  | ast.ScalarExpression
  | ast.MetricsAggregate
  | ast.MetricsCompare
  | ast.SecondStage;

interface Style {
  readonly value: (value: Static) => string;
  readonly name: (name: string) => string;
  readonly number: (value: number) => string;
}

const nameDelimiters = /[\s{}()=~!<>&|^,]/;

const ownStyle: Style = {
  value: printOwnValue,
  name: (name) =>
    name === '' ||
    /^[0-9]/.test(name) ||
    /^(span|resource)\./.test(name) ||
    /["\\]/.test(name) ||
    nameDelimiters.test(name)
      ? `"${name.replace(/["\\]/g, '\\$&')}"`
      : name,
  number: (value) => formatGoG(value),
};

const serverStyle: Style = {
  value: (value) => (value.type === 'string' ? `\`${value.value}\`` : formatValue(value)),
  name: (name) => (nameDelimiters.test(name) ? `"${name}"` : name),
  number: (value) => value.toFixed(5),
};

/** The query as text; parsing it gives the same tree, places aside. */
export function printTraceql(query: ast.Query): string {
  const parts = [printNode(query.pipeline, ownStyle)];
  if (query.metrics) parts.push(` | ${printNode(query.metrics, ownStyle)}`);
  for (const stage of query.secondStages)
    parts.push(`${stage.type === 'metricsFilter' ? ' ' : ' | '}${printNode(stage, ownStyle)}`);
  if (query.hints) parts.push(` with(${query.hints.map((h) => `${h.name}=${printOwnValue(h.value)}`).join(', ')})`);
  return parts.join('');
}

/** One node as Tempo prints it: in its errors, and as the name of groups and aggregates in results. */
export function printAsServer(node: Node): string {
  return printNode(node, serverStyle);
}

/** An attribute as Tempo prints it, which is also the name of a metrics label. */
export function printAttribute(ref: ast.AttributeRef): string {
  return printRef(ref, serverStyle);
}

function printOwnValue(value: Static): string {
  if (value.type === 'string') return quoteGoString(value.value);
  if (value.type === 'int' && value.value === -(1n << 63n)) return 'minInt';
  return formatValue(value);
}

type NodeOf<T, N = Node> = N extends { readonly type: infer U } ? (T extends U ? N : never) : never;
type Printers = { readonly [T in Node['type']]: (node: NodeOf<T>, style: Style) => string };

const printers: Printers = {
  static: (n, s) => s.value(n.value),
  attribute: (n, s) => printRef(n.ref, s),
  binary: printInfix,
  unary: (n, s) => n.op + printOperand(n.operand, s),
  exists: (n, s) => `${printOperand(n.operand, s)} != nil`,
  missing: (n, s) => `${printOperand(n.operand, s)} = nil`,
  filter: (n, s) => `{ ${printNode(n.expression, s)} }`,
  spansetOperation: printInfix,
  scalarFilter: printInfix,
  scalarOperation: printInfix,
  aggregate: (n, s) => `${n.op}(${n.expression ? printNode(n.expression, s) : ''})`,
  by: (n, s) => `by(${printNode(n.expression, s)})`,
  coalesce: () => 'coalesce()',
  select: (n, s) => `select(${n.attributes.map((a) => printNode(a, s)).join(', ')})`,
  pipeline: (n, s) => n.elements.map((e) => printNode(e, s)).join('|'),
  metrics: printMetrics,
  compare: printCompare,
  topk: (n) => `topk(${n.limit})`,
  bottomk: (n) => `bottomk(${n.limit})`,
  metricsFilter: (n) => `${n.op} ${formatGoG(n.value)}`,
};

function printNode(node: Node, style: Style): string {
  // The table has an entry per node type that takes exactly that type.
  return (printers[node.type] as (node: Node, style: Style) => string)(node, style);
}

function printInfix(node: { readonly op: string; readonly left: Node; readonly right: Node }, style: Style): string {
  return `${printOperand(node.left, style)} ${node.op} ${printOperand(node.right, style)}`;
}

function printOperand(node: Node, style: Style): string {
  const text = printNode(node, style);
  return node.type === 'static' || node.type === 'attribute' ? text : `(${text})`;
}

function printMetrics(node: ast.MetricsAggregate, style: Style): string {
  const inside = [...(node.attribute ? [printNode(node.attribute, style)] : []), ...node.quantiles.map(style.number)];
  const by = node.by.length ? `by(${node.by.map((a) => printNode(a, style)).join(',')})` : '';
  return `${node.op}(${inside.join(',')})${by}`;
}

function printCompare(node: ast.MetricsCompare, style: Style): string {
  const window = node.startNs || node.endNs ? `, ${node.startNs}, ${node.endNs}` : '';
  return `compare(${printNode(node.filter, style)}, ${node.topN}${window})`;
}

function printRef(ref: ast.AttributeRef, style: Style): string {
  if (ref.intrinsic) return ref.intrinsic;
  const scope = [...(ref.parent ? ['parent'] : []), ...(ref.scope === 'none' ? [] : [ref.scope])].join('.');
  return `${scope}.${style.name(ref.name)}`;
}
