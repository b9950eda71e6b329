// Parses metric queries: range and vector aggregations, binary operators by precedence, label_replace, vector, literals.
import {
  type BinaryOp,
  binaryOps,
  type Expr,
  type Grouping,
  type LogExpr,
  type LogRange,
  type MetricExpr,
  type RangeAggregation,
  type RangeOp,
  rangeOps,
  type Unwrap,
  type UnwrapConversion,
  type VectorMatching,
  type VectorOp,
  vectorOps,
} from './ast.ts';
import {
  afterPipe,
  parseLabelFilter,
  parseLogExpr,
  parseNumber,
  parseSelector,
  parseStages,
} from './parse-pipeline.ts';
import type { TokenCursor } from './token-cursor.ts';
import { makeBinary, makeLabelReplace, makeRangeAggregation, makeVectorAggregation } from './validate.ts';

const rangeOpOf = new Map<string, RangeOp>(rangeOps.map((op) => [op.toUpperCase(), op]));
const vectorOpOf = new Map<string, VectorOp>(vectorOps.map((op) => [op.toUpperCase(), op]));
const conversionOf = new Map<string, UnwrapConversion>([
  ['BYTES_CONV', 'bytes'],
  ['DURATION_CONV', 'duration'],
  ['DURATION_SECONDS_CONV', 'duration_seconds'],
]);
const strengthOf = new Map<string, number>([
  ['or', 1],
  ['and', 2],
  ['unless', 2],
  ...['==', '!=', '>', '>=', '<', '<='].map((op): [string, number] => [op, 3]),
  ['+', 4],
  ['-', 4],
  ['*', 5],
  ['/', 5],
  ['%', 5],
  ['^', 6],
]);
const operandHint = ['a stream selector such as {service_name="x"}', 'an aggregation such as rate(…)', 'a number'];

/** Parses an expression whose operators all bind tighter than `above`. */
export function parseExpr(cursor: TokenCursor, above = 0): Expr {
  let left = parseOperand(cursor);
  for (;;) {
    const sign = cursor.token;
    const strength = strengthOf.get(sign.kind) ?? 0;
    if (strength <= above) return left;
    cursor.take();
    const op = binaryOps.find((known) => known === sign.kind) as BinaryOp; // strengthOf holds exactly these
    const modifier = parseModifier(cursor);
    const right = cursor.nested(() => parseExpr(cursor, op === '^' ? strength - 1 : strength));
    left = makeBinary(cursor.query, { op, left, right, ...modifier });
  }
}

function parseOperand(cursor: TokenCursor): Expr {
  const { kind } = cursor.token;
  if (kind === '{') return parseLogExpr(cursor);
  if (kind === '(') return parseParenthesis(cursor);
  return parseMetricOperand(cursor);
}

function parseMetricOperand(cursor: TokenCursor): Expr {
  const { kind, start } = cursor.token;
  const rangeOp = rangeOpOf.get(kind);
  if (rangeOp) return parseRangeAggregation(cursor, rangeOp);
  const vectorOp = vectorOpOf.get(kind);
  if (vectorOp) return parseVectorAggregation(cursor, vectorOp);
  if (kind === 'NUMBER') return { kind: 'literal', value: parseNumber(cursor), start, end: cursor.lastEnd };
  if (cursor.takeIf('+', '-')) {
    const value = parseNumber(cursor) * (kind === '-' ? -1 : 1);
    return { kind: 'literal', value, start, end: cursor.lastEnd };
  }
  if (kind === 'VECTOR') return parseVector(cursor);
  if (kind === 'label_replace') return parseLabelReplace(cursor);
  if (kind === 'VARIANTS') return parseVariants(cursor);
  throw cursor.unexpected({ hint: operandHint });
}

function parseParenthesis(cursor: TokenCursor): Expr {
  const inner = cursor.nested(() => {
    cursor.take();
    return parseExpr(cursor);
  });
  if (!cursor.takeIf(')')) throw cursor.unexpected({ hint: [')'] });
  return inner;
}

function parseMetricExpr(cursor: TokenCursor): MetricExpr {
  const expr = cursor.nested(() => parseExpr(cursor));
  // Loki's grammar has no log query here; it notices at the token behind it.
  if (expr.kind === 'log' || expr.kind === 'variants') {
    throw cursor.unexpected({ hint: ['a range such as [5m] inside rate(…) or count_over_time(…)'] });
  }
  return expr;
}

function parseRangeAggregation(cursor: TokenCursor, op: RangeOp): RangeAggregation {
  const { start } = cursor.take();
  cursor.expect('(');
  if (!cursor.is('NUMBER', '{', '(')) throw cursor.unexpected({ expected: ['NUMBER', '{', '('] });
  let parameter: number | undefined;
  if (cursor.is('NUMBER')) {
    parameter = parseNumber(cursor);
    cursor.expect(',');
    if (!cursor.is('{', '(')) throw cursor.unexpected({ expected: ['{', '('] });
  }
  const range = parseLogRange(cursor);
  cursor.expect(')');
  const grouping = cursor.is('by', 'without') ? parseGrouping(cursor) : undefined;
  return makeRangeAggregation(cursor.query, { op, parameter, range, grouping, start, end: cursor.lastEnd });
}

function parseVectorAggregation(cursor: TokenCursor, op: VectorOp): MetricExpr {
  const { start } = cursor.take();
  let grouping = cursor.is('by', 'without') ? parseGrouping(cursor) : undefined;
  const first = grouping !== undefined;
  cursor.expect('(');
  const { parameter, inner } = parseAggregationArguments(cursor);
  if (!cursor.takeIf(')')) throw cursor.unexpected({ hint: [')'] });
  if (!first && cursor.is('by', 'without')) grouping = parseGrouping(cursor);
  return makeVectorAggregation(cursor.query, { op, parameter, inner, grouping, start, end: cursor.lastEnd });
}

// `topk(5, x)` has a parameter, `sum(5 + x)` none: what follows the number decides.
function parseAggregationArguments(cursor: TokenCursor): { parameter?: string; inner: MetricExpr } {
  if (!cursor.is('NUMBER')) return { inner: parseMetricExpr(cursor) };
  const number = cursor.token;
  const inner = parseMetricExpr(cursor);
  if (inner.kind !== 'literal' || inner.end !== number.end || !cursor.takeIf(',')) return { inner };
  return { parameter: number.value, inner: parseMetricExpr(cursor) };
}

function parseGrouping(cursor: TokenCursor): Grouping {
  const without = cursor.take().kind === 'without';
  return { without, labels: parseLabels(cursor) };
}

function parseLabels(cursor: TokenCursor): string[] {
  cursor.expect('(');
  if (!cursor.is('IDENTIFIER', ')')) throw cursor.unexpected({ expected: ['IDENTIFIER', ')'] });
  const labels: string[] = [];
  if (cursor.is('IDENTIFIER')) {
    labels.push(cursor.take().value);
    while (cursor.takeIf(',')) labels.push(cursor.expect('IDENTIFIER').value);
  }
  if (!cursor.takeIf(')')) throw cursor.unexpected({ expected: [',', ')'] });
  return labels;
}

function parseLogRange(cursor: TokenCursor): LogRange {
  const { start } = cursor.token;
  if (cursor.takeIf('(')) return parseWrappedRange(cursor, start);
  const matchers = parseSelector(cursor);
  const selectorEnd = cursor.lastEnd;
  let stages = parseStages(cursor);
  let unwrap = parseUnwrap(cursor);
  if (!cursor.is('RANGE')) throw expectRange(cursor, unwrap !== undefined);
  const rangeNs = cursor.take().amount;
  const offsetNs = parseOffset(cursor);
  if (stages.length === 0 && unwrap === undefined) {
    stages = parseStages(cursor);
    unwrap = parseUnwrap(cursor);
  }
  const log: LogExpr = { kind: 'log', matchers, stages, start, end: stages.at(-1)?.end ?? selectorEnd };
  return { log, rangeNs, offsetNs, ...(unwrap ? { unwrap } : {}), start, end: cursor.lastEnd };
}

// Either a whole range in parentheses, or a pipeline in parentheses with its range behind.
function parseWrappedRange(cursor: TokenCursor, start: number): LogRange {
  if (cursor.is('(')) {
    const inner = cursor.nested(() => parseLogRange(cursor));
    cursor.expect(')');
    return { ...inner, start, end: cursor.lastEnd };
  }
  const log = parseLogExpr(cursor);
  let unwrap = parseUnwrap(cursor);
  if (cursor.is('RANGE')) return finishInnerRange(cursor, { log, unwrap, start });
  if (!cursor.takeIf(')')) {
    throw unwrap ? cursor.unexpected({ expected: [')', '|'] }) : cursor.unexpected({ hint: [')', 'a range'] });
  }
  const rangeNs = cursor.expect('RANGE').amount;
  const offsetNs = parseOffset(cursor);
  unwrap ??= parseUnwrapAfterRange(cursor);
  return { log, rangeNs, offsetNs, ...(unwrap ? { unwrap } : {}), start, end: cursor.lastEnd };
}

function finishInnerRange(
  cursor: TokenCursor,
  of: { log: LogExpr; unwrap: Unwrap | undefined; start: number },
): LogRange {
  const rangeNs = cursor.take().amount;
  const offsetNs = parseOffset(cursor);
  const stages = of.log.stages.length === 0 && !of.unwrap ? parseStages(cursor) : of.log.stages;
  const unwrap = of.unwrap ?? parseUnwrap(cursor);
  cursor.expect(')');
  return {
    log: { ...of.log, stages },
    rangeNs,
    offsetNs,
    ...(unwrap ? { unwrap } : {}),
    start: of.start,
    end: cursor.lastEnd,
  };
}

function parseUnwrapAfterRange(cursor: TokenCursor): Unwrap | undefined {
  if (!cursor.is('|')) return undefined;
  cursor.pendingPipe = cursor.take();
  return parseUnwrap(cursor);
}

function expectRange(cursor: TokenCursor, unwrapped: boolean): Error {
  if (unwrapped) return cursor.unexpected({ expected: ['RANGE', '|'] });
  return cursor.unexpected({ hint: ['a range such as [5m]', '| and a stage'] });
}

function parseOffset(cursor: TokenCursor): number {
  return cursor.takeIf('offset') ? cursor.expect('DURATION').amount : 0;
}

function parseUnwrap(cursor: TokenCursor): Unwrap | undefined {
  const pipe = cursor.pendingPipe;
  if (pipe === undefined) return undefined;
  cursor.pendingPipe = undefined;
  if (!cursor.takeIf('unwrap')) throw cursor.unexpected({ hint: afterPipe });
  const first = cursor.expect('IDENTIFIER', 'BYTES_CONV', 'DURATION_CONV', 'DURATION_SECONDS_CONV');
  const conversion = conversionOf.get(first.kind);
  let label = first.value;
  if (conversion) {
    cursor.expect('(');
    label = cursor.expect('IDENTIFIER').value;
    cursor.expect(')');
  }
  const postFilters = [];
  while (cursor.takeIf('|')) {
    if (!cursor.is('IDENTIFIER', '(')) throw cursor.unexpected({ expected: ['IDENTIFIER', '('] });
    postFilters.push(parseLabelFilter(cursor));
  }
  return { label, ...(conversion ? { conversion } : {}), postFilters, start: pipe.start, end: cursor.lastEnd };
}

function parseModifier(cursor: TokenCursor): { returnBool: boolean; matching?: VectorMatching } {
  const returnBool = cursor.takeIf('bool') !== undefined;
  const onOrIgnoring = cursor.takeIf('on', 'ignoring');
  if (!onOrIgnoring) return { returnBool };
  const labels = parseLabels(cursor);
  const on = onOrIgnoring.kind === 'on';
  const group = cursor.takeIf('group_left', 'group_right');
  if (!group) return { returnBool, matching: { on, labels, card: 'one-to-one', include: [] } };
  const include = cursor.is('(') ? parseLabels(cursor) : [];
  const card = group.kind === 'group_left' ? 'many-to-one' : 'one-to-many';
  return { returnBool, matching: { on, labels, card, include } };
}

function parseVector(cursor: TokenCursor): MetricExpr {
  const { start } = cursor.take();
  cursor.expect('(');
  const value = parseNumber(cursor);
  cursor.expect(')');
  return { kind: 'vector', value, start, end: cursor.lastEnd };
}

function parseLabelReplace(cursor: TokenCursor): MetricExpr {
  const { start } = cursor.take();
  cursor.expect('(');
  const inner = parseMetricExpr(cursor);
  if (!cursor.is(',')) throw cursor.unexpected({ hint: [','] });
  const [target = '', replacement = '', source = '', pattern = ''] = [0, 1, 2, 3].map(() => {
    cursor.expect(',');
    return cursor.expect('STRING').value;
  });
  cursor.expect(')');
  const place = { start, end: cursor.lastEnd };
  return makeLabelReplace(cursor.query, {
    kind: 'label_replace',
    inner,
    target,
    replacement,
    source,
    pattern,
    ...place,
  });
}

function parseVariants(cursor: TokenCursor): Expr {
  const { start } = cursor.take();
  cursor.expect('(');
  const metrics = [parseMetricExpr(cursor)];
  while (cursor.takeIf(',')) metrics.push(parseMetricExpr(cursor));
  cursor.expect(')');
  cursor.expect('OF');
  cursor.expect('(');
  const range = parseLogRange(cursor);
  cursor.expect(')');
  return { kind: 'variants', metrics, range, start, end: cursor.lastEnd };
}
