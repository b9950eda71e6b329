// The tree of a query as `parse_query` shows it.
import type { DurationNode, Expr, TimeModifiers, VectorMatching, VectorSelector } from '../../../promql/ast.ts';
import { signatures } from '../../../promql/function-signatures.ts';
import { formatGoFixed } from '../../../std/go-strconv.ts';

/** A JSON value with the field names of Prometheus. */
export function translateExpr(expr: Expr): unknown {
  switch (expr.type) {
    case 'aggregation':
      return {
        type: 'aggregation',
        op: expr.op,
        expr: translateExpr(expr.expr),
        param: expr.param ? translateExpr(expr.param) : null,
        grouping: expr.grouping,
        without: expr.without,
      };
    case 'binary':
      return {
        type: 'binaryExpr',
        op: expr.op,
        lhs: translateExpr(expr.lhs),
        rhs: translateExpr(expr.rhs),
        matching: expr.matching ? translateMatching(expr.matching) : null,
        bool: expr.returnBool,
      };
    case 'call':
      return { type: 'call', func: translateFunction(expr.name), args: expr.args.map(translateExpr) };
    case 'matrixSelector':
      return {
        type: 'matrixSelector',
        range: expr.rangeMs,
        rangeExpr: translateDuration(expr.rangeExpr),
        ...translateSelector(expr.selector),
      };
    case 'subquery':
      return {
        type: 'subquery',
        expr: translateExpr(expr.expr),
        range: expr.rangeMs,
        rangeExpr: translateDuration(expr.rangeExpr),
        step: expr.stepMs,
        stepExpr: translateDuration(expr.stepExpr),
        ...translateTime(expr),
      };
    case 'number':
      return { type: 'numberLiteral', val: formatGoFixed(expr.value) };
    case 'string':
      return { type: 'stringLiteral', val: expr.value };
    case 'paren':
      return { type: 'parenExpr', expr: translateExpr(expr.expr) };
    case 'unary':
      return { type: 'unaryExpr', op: expr.op, expr: translateExpr(expr.expr) };
    case 'vectorSelector':
      return { type: 'vectorSelector', ...translateSelector(expr) };
    case 'stepInvariant':
      return translateExpr(expr.expr);
  }
}

function translateSelector(selector: VectorSelector) {
  return {
    name: selector.name,
    matchers: selector.matchers.map(({ name, value, type }) => ({ name, value, type })),
    anchored: selector.extension === 'anchored',
    smoothed: selector.extension === 'smoothed',
    ...translateTime(selector),
  };
}

function translateTime({ offsetMs, offsetExpr, timestampMs, startOrEnd }: TimeModifiers) {
  return {
    offset: offsetMs,
    offsetExpr: translateDuration(offsetExpr),
    timestamp: timestampMs ?? null,
    startOrEnd: startOrEnd ?? null,
  };
}

function translateMatching({ card, labels, on, include, fillLeft, fillRight }: VectorMatching) {
  return { card, labels, on, include, fillValues: { lhs: fillLeft ?? null, rhs: fillRight ?? null } };
}

function translateFunction(name: keyof typeof signatures) {
  const { args, optional, returns } = signatures[name];
  return { name, argTypes: args, variadic: optional === 'any' ? -1 : optional, returnType: returns };
}

function translateDuration(node: DurationNode | undefined): unknown {
  if (node === undefined) return null;
  if (node.type === 'number')
    return { type: 'numberLiteral', val: formatGoFixed(node.value), duration: node.isDuration };
  const { op, lhs, rhs, wrapped } = node;
  return { type: 'durationExpr', op, lhs: translateDuration(lhs), rhs: translateDuration(rhs), wrapped };
}
