// A LogQL query, narrowed to the streams of one stack: every stream selector gets one more matcher.
import type { Expr, LogExpr, LogRange, Matcher } from '../../logql/ast.ts';
import { parse, parseOnly, parseSelectorOnly } from '../../logql/parser.ts';
import { print, printSelector } from '../../logql/print.ts';
import { stackLabel } from './stack-label.ts';

/** The query over this stack's streams alone. @throws QueryError */
export function narrowLogql(query: string, stackId: string): string {
  const expr = parse(query);
  // A number reads nothing, and one such as 5 / 0 is computed already: not a number, which cannot be written.
  return expr.kind === 'literal' ? query : print(narrowExpr(expr, stackId));
}

/** The same for endpoints that also take `{}` and the like, which as a query would be refused. @throws QueryError */
export function narrowLooseLogql(query: string, stackId: string): string {
  return print(narrowExpr(parseOnly(query), stackId));
}

/** A bare stream selector, narrowed; empty text counts as `{}`. @throws QueryError */
export function narrowStreams(selector: string, stackId: string): string {
  const matchers = selector.trim() === '' ? [] : parseSelectorOnly(selector);
  return printSelector([...matchers, makeMatcher(stackId)]);
}

/** Names of the labels that a bare selector asks about. @throws QueryError */
export function listLabels(selector: string): string[] {
  return selector.trim() === '' ? [] : parseSelectorOnly(selector).map(({ name }) => name);
}

type ExprOf<Kind extends Expr['kind']> = Extract<Expr, { kind: Kind }>;
type Narrowers = { readonly [Kind in Expr['kind']]: (node: ExprOf<Kind>, stackId: string) => ExprOf<Kind> };

const narrowers: Narrowers = {
  log: narrowLog,
  literal: (node) => node,
  vector: (node) => node,
  range_aggregation: (node, stackId) => ({ ...node, range: narrowRange(node.range, stackId) }),
  vector_aggregation: (node, stackId) => ({ ...node, inner: narrowExpr(node.inner, stackId) }),
  label_replace: (node, stackId) => ({ ...node, inner: narrowExpr(node.inner, stackId) }),
  binary: (node, stackId) => ({
    ...node,
    left: narrowExpr(node.left, stackId),
    right: narrowExpr(node.right, stackId),
  }),
  variants: (node, stackId) => ({
    ...node,
    metrics: node.metrics.map((metric) => narrowExpr(metric, stackId)),
    range: narrowRange(node.range, stackId),
  }),
};

function narrowExpr<Node extends Expr>(node: Node, stackId: string): Node {
  // The table has an entry per kind that takes and gives exactly that kind.
  return (narrowers[node.kind] as unknown as (node: Node, stackId: string) => Node)(node, stackId);
}

function narrowLog(log: LogExpr, stackId: string): LogExpr {
  return { ...log, matchers: [...log.matchers, makeMatcher(stackId)] };
}

function narrowRange(range: LogRange, stackId: string): LogRange {
  return { ...range, log: narrowLog(range.log, stackId) };
}

function makeMatcher(stackId: string): Matcher {
  return { name: stackLabel, type: '=', value: stackId, start: 0, end: 0 };
}
