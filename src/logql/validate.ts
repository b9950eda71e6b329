// What the grammar allows and LogQL refuses. The parser builds its nodes through the makers here, in the order in which Loki
// notices each trouble; `validate` makes the checks that need the whole query.
import { QueryError } from '../errors/query-error.ts';
import { compileRe2, Re2SyntaxError } from '../std/re2.ts';
import type {
  BinaryExpr,
  BinaryOp,
  Expr,
  Grouping,
  LabelReplaceExpr,
  LogExpr,
  LogRange,
  Matcher,
  MetricExpr,
  PatternStage,
  RangeAggregation,
  RangeOp,
  RegexpStage,
  VectorAggregation,
  VectorMatching,
  VectorOp,
} from './ast.ts';
import { applyOperator } from './functions/operators.ts';
import { compilePattern } from './stages/pattern-expression.ts';
import { compilePipeline } from './stages/pipeline.ts';
import { compileRegexpCaptures } from './stages/regexp-captures.ts';
import { StageRefusal } from './stages/stage.ts';
import { invalidQuery } from './token-cursor.ts';
import { compileMatcher } from './values.ts';

const groupable: ReadonlySet<RangeOp> = new Set([
  'avg_over_time',
  'stddev_over_time',
  'stdvar_over_time',
  'quantile_over_time',
  'max_over_time',
  'min_over_time',
  'first_over_time',
  'last_over_time',
]);
const unwrappable: ReadonlySet<RangeOp> = new Set([
  ...groupable,
  'sum_over_time',
  'rate',
  'rate_counter',
  'absent_over_time',
]);
const withoutUnwrap: ReadonlySet<RangeOp> = new Set([
  'bytes_over_time',
  'bytes_rate',
  'count_over_time',
  'rate',
  'absent_over_time',
]);
const withParameter: ReadonlySet<VectorOp> = new Set(['topk', 'bottomk', 'approx_topk']);
const setOperators: ReadonlySet<BinaryOp> = new Set(['and', 'or', 'unless']);

/** Checks the regular expression of a matcher. @throws QueryError */
export function checkMatcher(query: string, matcher: Matcher): void {
  refuse(query, matcher, '', () => compileMatcher(matcher));
}

/** @throws QueryError */
export function checkRegexpStage(query: string, stage: RegexpStage): RegexpStage {
  refuse(query, stage, 'invalid regexp parser: ', () => compileRegexpCaptures(stage.pattern));
  return stage;
}

/** @throws QueryError */
export function checkPatternStage(query: string, stage: PatternStage): PatternStage {
  refuse(query, stage, 'invalid pattern parser: ', () => compilePattern(stage.pattern).requireNames());
  return stage;
}

/** @throws QueryError when operation, parameter, grouping and unwrap do not go together. */
export function makeRangeAggregation(
  query: string,
  of: {
    readonly op: RangeOp;
    readonly parameter: number | undefined;
    readonly range: LogRange;
    readonly grouping: Grouping | undefined;
    readonly start: number;
    readonly end: number;
  },
): RangeAggregation {
  const { op, parameter, range, grouping, start, end } = of;
  const fail = (text: string, message?: string) =>
    invalidQuery({ query, at: of, serverText: text, ...(message === undefined ? {} : { message }) });
  if (op === 'quantile_over_time' && parameter === undefined) {
    throw fail(
      'parameter required for operation quantile_over_time',
      'quantile_over_time needs a quantile, as in quantile_over_time(0.95, …)',
    );
  }
  if (op !== 'quantile_over_time' && parameter !== undefined) {
    throw fail(`parameter ${parameter} not supported for operation ${op}`);
  }
  if (grouping && !groupable.has(op)) {
    throw fail(
      `grouping not allowed for ${op} aggregation`,
      `${op} takes no by or without: write sum by (…) (${op}(…))`,
    );
  }
  if (range.unwrap && !unwrappable.has(op)) throw fail(`invalid aggregation ${op} with unwrap`);
  if (!range.unwrap && !withoutUnwrap.has(op)) {
    throw fail(
      `invalid aggregation ${op} without unwrap`,
      `${op} works on numbers: add | unwrap LABEL before the range`,
    );
  }
  return {
    kind: 'range_aggregation',
    op,
    range,
    ...(parameter === undefined ? {} : { parameter }),
    ...(grouping ? { grouping } : {}),
    start,
    end,
  };
}

/** `parameter` is the number as written. @throws QueryError when operation and parameter do not go together. */
export function makeVectorAggregation(
  query: string,
  of: {
    readonly op: VectorOp;
    readonly parameter: string | undefined;
    readonly inner: MetricExpr;
    readonly grouping: Grouping | undefined;
    readonly start: number;
    readonly end: number;
  },
): VectorAggregation {
  const { op, parameter, inner, grouping, start, end } = of;
  const fail = (text: string) => invalidQuery({ query, at: of, serverText: text });
  let count: number | undefined;
  if (withParameter.has(op)) {
    if (parameter === undefined) throw fail(`parameter required for operation ${op}`);
    if (!/^[0-9]+$/.test(parameter)) throw fail(`invalid parameter ${op}(${parameter},`);
    count = Number(parameter);
    if (count <= 0) throw fail(`invalid parameter (must be greater than 0) ${op}(${parameter}`);
  } else if (parameter !== undefined) throw fail(`unsupported parameter for operation ${op}(${parameter},`);
  if (grouping && (op === 'approx_topk' || op === 'sort' || op === 'sort_desc')) {
    throw fail(`grouping not allowed for ${op} aggregation`);
  }
  return {
    kind: 'vector_aggregation',
    op,
    inner,
    ...(count === undefined ? {} : { parameter: count }),
    ...(grouping ? { grouping } : {}),
    start,
    end,
  };
}

/** Two literals are computed at once. @throws QueryError when a side is a log query, or a literal in a set operation. */
export function makeBinary(
  query: string,
  of: { op: BinaryOp; left: Expr; right: Expr; returnBool: boolean; matching?: VectorMatching },
): MetricExpr {
  const { op, left, right } = of;
  const start = left.start;
  const end = right.end;
  requireMetric(query, { op, leg: 'left', expr: left });
  requireMetric(query, { op, leg: 'right', expr: right });
  if (setOperators.has(op)) {
    for (const [leg, expr] of [
      ['left', left],
      ['right', right],
    ] as const) {
      if (expr.kind !== 'literal') continue;
      const serverText = `unexpected literal for ${leg} leg of logical/set binary operation (${op}): ${expr.value.toFixed(6)}`;
      const message = `${op} joins two sets of series; a number is none: write vector(${expr.value})`;
      throw invalidQuery({ query, at: expr, serverText, message });
    }
  }
  if (left.kind === 'literal' && right.kind === 'literal') {
    return { kind: 'literal', value: applyOperator(op, left.value, right.value), start, end };
  }
  // requireMetric() has refused everything else
  const sides = { left: left as MetricExpr, right: right as MetricExpr };
  const { returnBool, matching } = of;
  return {
    kind: 'binary',
    op,
    returnBool,
    ...(matching ? { matching } : {}),
    ...sides,
    start,
    end,
  } satisfies BinaryExpr;
}

/** @throws QueryError on a bad regular expression. */
export function makeLabelReplace(query: string, expr: LabelReplaceExpr): LabelReplaceExpr {
  refuse(query, expr, 'invalid regex in label_replace: ', () => compileRe2(`^(?:${expr.pattern})$`));
  return expr;
}

/** The checks that need the whole query: every selector selects something, and every stage compiles. @throws QueryError */
export function validate(query: string, expr: Expr): void {
  if (expr.kind === 'log') validateLog(query, expr);
  else if (expr.kind === 'range_aggregation') validateLog(query, expr.range.log);
  else if (expr.kind === 'vector_aggregation' || expr.kind === 'label_replace') validate(query, expr.inner);
  else if (expr.kind === 'binary') {
    validate(query, expr.left);
    validate(query, expr.right);
  } else if (expr.kind === 'variants') {
    const text = 'multi variant queries are disabled for this instance';
    throw new QueryError({
      language: 'logql',
      kind: 'unsupported',
      message: text,
      serverText: text,
      query,
      httpStatus: 400,
    });
  }
}

function validateLog(query: string, log: LogExpr): void {
  validateMatchers(query, log);
  try {
    compilePipeline(log.stages);
  } catch (error) {
    if (!(error instanceof StageRefusal)) throw error;
    throw invalidQuery({ query, at: error.stage, serverText: error.serverText, message: error.message });
  }
}

function validateMatchers(query: string, log: LogExpr): void {
  if (log.matchers.some((matcher) => !compileMatcher(matcher).matches(''))) return;
  throw invalidQuery({
    query,
    at: log,
    serverText:
      'queries require at least one regexp or equality matcher that does not have an empty-compatible value. ' +
      'For instance, app=~".*" does not meet this requirement, but app=~".+" will',
    message: 'a selector needs one matcher that cannot match the empty text, such as {service_name=~".+"}',
  });
}

const goTypes: Readonly<Record<string, string>> = { variants: '*syntax.MultiVariantExpr' };

function requireMetric(query: string, of: { op: BinaryOp; leg: 'left' | 'right'; expr: Expr }): void {
  const { op, leg, expr } = of;
  if (expr.kind !== 'log' && expr.kind !== 'variants') return;
  const type =
    goTypes[expr.kind] ??
    (expr.kind === 'log' && expr.stages.length > 0 ? '*syntax.PipelineExpr' : '*syntax.MatchersExpr');
  throw invalidQuery({
    query,
    at: expr,
    serverText: `unexpected type for ${leg} leg of binary operation (${op}): ${type}`,
    message: `${op} computes with numbers, and this side is a log query: wrap it as count_over_time(… [5m])`,
  });
}

function refuse(query: string, at: { start: number; end: number }, prefix: string, compile: () => void): void {
  try {
    compile();
  } catch (error) {
    if (!(error instanceof Re2SyntaxError) && !(error instanceof StageRefusal)) throw error;
    throw invalidQuery({ query, at, serverText: prefix + error.message });
  }
}
