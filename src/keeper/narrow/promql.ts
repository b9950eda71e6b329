// A PromQL query, narrowed to the series of one stack: every selector gets one more matcher.
import type { Call, Expr, VectorSelector } from '../../promql/ast.ts';
import { metricNameLabel } from '../../promql/labels.ts';
import { makeMatcher } from '../../promql/matcher.ts';
import { parsePromql, parseSelector } from '../../promql/parser.ts';
import { printExpr } from '../../promql/print.ts';
import { HttpRefusal } from '../http/refusal.ts';
import { stackLabel } from './stack-label.ts';

/** The query over this stack's series alone. @throws QueryError, or HttpRefusal for what reads series without a selector */
export function narrowPromql(query: string, stackId: string): string {
  return printExpr(narrowExpr(parsePromql(query), stackId));
}

/** One `match[]`, narrowed. @throws QueryError */
export function narrowSelector(selector: string, stackId: string): string {
  return printExpr(addMatcher(parseSelector(selector), stackId));
}

/** The selector that finds all series of a stack. */
export function selectStack(stackId: string): string {
  return `{${stackLabel}="${stackId}"}`;
}

type ExprOf<Type extends Expr['type']> = Extract<Expr, { type: Type }>;
type Narrowers = { readonly [Type in Expr['type']]: (node: ExprOf<Type>, stackId: string) => Expr };

const same = (node: Expr): Expr => node;
const narrowInner = (node: ExprOf<'subquery' | 'unary' | 'paren' | 'stepInvariant'>, stackId: string): Expr => ({
  ...node,
  expr: narrowExpr(node.expr, stackId),
});

const narrowers: Narrowers = {
  number: same,
  string: same,
  vectorSelector: addMatcher,
  matrixSelector: (node, stackId) => ({ ...node, selector: addMatcher(node.selector, stackId) }),
  subquery: narrowInner,
  unary: narrowInner,
  paren: narrowInner,
  stepInvariant: narrowInner,
  call: narrowCall,
  aggregation: (node, stackId) => ({
    ...node,
    expr: narrowExpr(node.expr, stackId),
    param: node.param && narrowExpr(node.param, stackId),
  }),
  binary: (node, stackId) => ({ ...node, lhs: narrowExpr(node.lhs, stackId), rhs: narrowExpr(node.rhs, stackId) }),
};

function narrowExpr(node: Expr, stackId: string): Expr {
  // The table has an entry per node type that takes exactly that type.
  return (narrowers[node.type] as (node: Expr, stackId: string) => Expr)(node, stackId);
}

function namesLabels(selector: Expr | undefined): boolean {
  return selector?.type === 'vectorSelector' && selector.matchers.some(({ name }) => name !== metricNameLabel);
}

function addMatcher(selector: VectorSelector, stackId: string): VectorSelector {
  return { ...selector, matchers: [...selector.matchers, makeMatcher('=', stackLabel, stackId)] };
}

// info() adds the labels that its second argument names, or else all: a matcher of ours would be the only name.
function narrowCall(call: Call, stackId: string): Expr {
  if (call.name === 'info' && !namesLabels(call.args[1]))
    throw new HttpRefusal(
      403,
      'info() without names of labels reads target_info of every stack on this shared Prometheus: name the labels you ' +
        'want, as in info(v, {service_version=~".+"})',
    );
  return { ...call, args: call.args.map((argument) => narrowExpr(argument, stackId)) };
}
