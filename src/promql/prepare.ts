// Makes a parsed tree ready for one evaluation: duration arithmetic becomes numbers, start()/end() become times, what is
// the same at every step is marked, needless parentheses go.
import { QueryError } from '../errors/query-error.ts';
import type { DurationExpr, DurationNode, Expr, NumberLiteral, TimeModifiers } from './ast.ts';
import { maxDurationSeconds } from './duration.ts';
import type { FunctionName } from './function-signatures.ts';

/** The times of a query. An instant query has equal ends and step 0. */
export interface QueryTimes {
  readonly startMs: number;
  readonly endMs: number;
  readonly stepMs: number;
}

/** Prepares a checked tree. @throws QueryError if a duration comes out as zero, negative or too large */
export function prepareExpr(expr: Expr, times: QueryTimes): Expr {
  return wrapInvariant(prepare(expr, times));
}

/** `wrap`: worth evaluating once; range selectors, subqueries and literals are not. */
interface Prepared {
  readonly expr: Expr;
  readonly invariant: boolean;
  readonly wrap: boolean;
}

const timeDependent = new Set<FunctionName>([
  'days_in_month',
  'day_of_month',
  'day_of_week',
  'day_of_year',
  'hour',
  'minute',
  'month',
  'year',
  'predict_linear',
  'time',
  'timestamp',
]);

function prepare(expr: Expr, times: QueryTimes): Prepared {
  switch (expr.type) {
    case 'number':
    case 'string':
      return { expr, invariant: true, wrap: false };
    case 'vectorSelector': {
      const resolved = { ...expr, ...resolveTime(expr, times) };
      const invariant = resolved.timestampMs !== undefined;
      return { expr: resolved, invariant, wrap: invariant };
    }
    case 'matrixSelector': {
      const selector = { ...expr.selector, ...resolveTime(expr.selector, times) };
      const rangeMs = expr.rangeExpr ? resolveDuration(expr.rangeExpr, times, { negative: false }) : expr.rangeMs;
      return { expr: { ...expr, selector, rangeMs }, invariant: selector.timestampMs !== undefined, wrap: false };
    }
    case 'subquery':
      return prepareSubquery(expr, times);
    case 'call':
      return prepareCall(expr, times);
    case 'aggregation': {
      const inner = prepare(unwrapParens(expr.expr), times);
      const param = expr.param && prepare(unwrapParens(expr.param), times).expr;
      // As in Prometheus, the parameter does not count: it is evaluated along with the rest.
      return { ...inner, expr: { ...expr, expr: inner.expr, param }, wrap: inner.invariant };
    }
    case 'binary': {
      const lhs = prepare(expr.lhs, times);
      const rhs = prepare(expr.rhs, times);
      if (lhs.invariant && rhs.invariant) {
        return { expr: { ...expr, lhs: lhs.expr, rhs: rhs.expr }, invariant: true, wrap: true };
      }
      return {
        expr: { ...expr, lhs: wrapInvariant(lhs), rhs: wrapInvariant(rhs) },
        invariant: false,
        wrap: false,
      };
    }
    case 'unary':
    case 'paren': {
      const inner = prepare(expr.expr, times);
      return { ...inner, expr: { ...expr, expr: inner.expr } };
    }
    case 'stepInvariant':
      return { expr, invariant: true, wrap: false };
  }
}

function prepareSubquery(expr: Extract<Expr, { type: 'subquery' }>, times: QueryTimes): Prepared {
  const inner = prepare(expr.expr, times);
  const time = resolveTime(expr, times);
  const stepMs = expr.stepExpr ? resolveDuration(expr.stepExpr, times, { negative: false }) : expr.stepMs;
  const rangeMs = expr.rangeExpr ? resolveDuration(expr.rangeExpr, times, { negative: false }) : expr.rangeMs;
  const innerExpr = inner.invariant ? wrapInvariant({ ...inner, wrap: true }) : inner.expr;
  return {
    expr: { ...expr, ...time, stepMs, rangeMs, expr: innerExpr },
    invariant: time.timestampMs !== undefined,
    wrap: false,
  };
}

function prepareCall(call: Extract<Expr, { type: 'call' }>, times: QueryTimes): Prepared {
  const folded = foldTimeFunction(call, times);
  if (folded) return { expr: folded, invariant: true, wrap: false };
  const args = call.args.map((arg) => prepare(unwrapParens(arg), times));
  const allInvariant = args.every((arg) => arg.invariant);
  // The time of a sample is fixed if the selector's time is, though timestamp() of anything else is not.
  const fixedTimestamp = call.name === 'timestamp' && args.every((arg) => arg.expr.type === 'vectorSelector');
  if (allInvariant && (!timeDependent.has(call.name) || fixedTimestamp)) {
    return { expr: { ...call, args: args.map((arg) => arg.expr) }, invariant: true, wrap: true };
  }
  return { expr: { ...call, args: args.map(wrapInvariant) }, invariant: false, wrap: false };
}

function foldTimeFunction({ name, start, end }: Extract<Expr, { type: 'call' }>, times: QueryTimes) {
  const { startMs, endMs, stepMs } = times;
  const seconds: Partial<Record<FunctionName, number>> = {
    start: startMs / 1000,
    end: endMs / 1000,
    range: (endMs - startMs) / 1000,
    step: startMs === endMs ? 0 : stepMs / 1000,
  };
  const value = seconds[name];
  if (value === undefined) return undefined;
  const literal: NumberLiteral = { type: 'number', value, isDuration: false, start, end };
  return literal;
}

function wrapInvariant({ expr, wrap }: Prepared): Expr {
  return wrap ? { type: 'stepInvariant', expr, start: expr.start, end: expr.end } : expr;
}

function unwrapParens(expr: Expr): Expr {
  let inner = expr;
  while (inner.type === 'paren') inner = inner.expr;
  return inner;
}

function resolveTime(time: TimeModifiers, times: QueryTimes): Pick<TimeModifiers, 'offsetMs' | 'timestampMs'> {
  const fixed = { start: times.startMs, end: times.endMs };
  return {
    offsetMs: time.offsetExpr ? resolveDuration(time.offsetExpr, times, { negative: true }) : time.offsetMs,
    timestampMs: time.startOrEnd ? fixed[time.startOrEnd] : time.timestampMs,
  };
}

function resolveDuration(expr: DurationExpr, times: QueryTimes, { negative }: { negative: boolean }): number {
  const seconds = computeDuration(expr, times);
  if (!Number.isFinite(seconds)) failDuration(expr, 'duration is NaN or infinite');
  if (seconds <= 0 && !negative) failDuration(expr, 'duration must be greater than 0');
  if (Math.abs(seconds) > maxDurationSeconds) failDuration(expr, 'duration is out of range');
  return Math.trunc(seconds * 1000);
}

function computeDuration(node: DurationNode | undefined, times: QueryTimes): number {
  if (node === undefined) return 0;
  if (node.type === 'number') return node.value;
  const lhs = computeDuration(node.lhs, times);
  const rhs = computeDuration(node.rhs, times);
  switch (node.op) {
    case 'step':
      return times.stepMs / 1000;
    case 'range':
      return (times.endMs - times.startMs) / 1000;
    case 'min_of':
      return Math.min(lhs, rhs);
    case 'max_of':
      return Math.max(lhs, rhs);
    case '+':
      return lhs + rhs;
    case '-':
      return lhs - rhs;
    case '*':
      return lhs * rhs;
    case '/':
      return rhs === 0 ? failDuration(node, 'division by zero') : lhs / rhs;
    case '%':
      return rhs === 0 ? failDuration(node, 'modulo by zero') : lhs % rhs;
    case '^':
      return lhs ** rhs;
  }
}

// Prometheus gives these as start:end offsets, not as line and column.
function failDuration(expr: DurationExpr, message: string): never {
  throw new QueryError({
    language: 'promql',
    kind: 'invalid',
    message,
    serverText: `${expr.start}:${expr.end}: ${message}`,
    start: expr.start,
    end: expr.end,
    httpStatus: 400,
    errorType: 'bad_data',
  });
}
