// The metrics part of a query: the function after the last pipe, what follows it, and the hints.
import type * as ast from './ast.ts';
import type { Token } from './lexer.ts';
import { parseAttribute, parseAttributeList, parseFilter } from './parse-field.ts';
import { parseNegativeNumber } from './parse-scalar.ts';
import { readLiteral, type TokenStream } from './token-stream.ts';
import { toFloat } from './values.ts';

type Argument = 'none' | 'attribute' | 'attribute and quantiles';

const argumentsByFunction: Readonly<Record<ast.MetricsOp, Argument>> = {
  rate: 'none',
  count_over_time: 'none',
  min_over_time: 'attribute',
  max_over_time: 'attribute',
  avg_over_time: 'attribute',
  sum_over_time: 'attribute',
  histogram_over_time: 'attribute',
  quantile_over_time: 'attribute and quantiles',
};

/** Does a metrics function begin with this token? */
export function startsMetrics(token: Token): boolean {
  return token.kind in argumentsByFunction || token.kind === 'compare';
}

export function parseMetrics(stream: TokenStream): ast.MetricsAggregate | ast.MetricsCompare {
  const name = stream.next();
  if (name.kind === 'compare') return parseCompare(stream, name);
  const op = name.kind as ast.MetricsOp; // callers asked startsMetrics
  const wanted = argumentsByFunction[op];
  stream.expect('(');
  const attribute = wanted === 'none' ? undefined : parseAttribute(stream);
  const quantiles = wanted === 'attribute and quantiles' ? parseQuantiles(stream) : [];
  const close = stream.expect(')', quantiles.length > 0 ? [')', ','] : [')']);
  if (!stream.take(['by']))
    return { type: 'metrics', op, attribute, quantiles, by: [], start: name.start, end: close.end };
  stream.expect('(');
  const by = parseAttributeList(stream);
  return { type: 'metrics', op, attribute, quantiles, by, start: name.start, end: stream.expect(')', [')', ',']).end };
}

function parseQuantiles(stream: TokenStream): number[] {
  stream.expect(',');
  const quantiles: number[] = [];
  do {
    const token = stream.take(['INTEGER', 'FLOAT']) ?? stream.fail(['INTEGER', 'FLOAT']);
    quantiles.push(Number(token.value));
  } while (stream.take([',']));
  return quantiles;
}

function parseCompare(stream: TokenStream, name: Token): ast.MetricsCompare {
  const defaultTopN = 10;
  stream.expect('(');
  const filter = parseFilter(stream);
  const topN = stream.take([',']) ? Number(stream.expect('INTEGER').value) : undefined;
  const hasWindow = topN !== undefined && stream.take([',']) !== undefined;
  const startNs = hasWindow ? stream.expect('INTEGER').value : 0;
  if (hasWindow) stream.expect(',');
  const endNs = hasWindow ? stream.expect('INTEGER').value : 0;
  const close = stream.expect(')', hasWindow ? [')'] : [')', ',']);
  return {
    type: 'compare',
    filter,
    topN: topN ?? defaultTopN,
    // INTEGER tokens carry a number or a bigint.
    startNs: startNs as number | bigint,
    endNs: endNs as number | bigint,
    start: name.start,
    end: close.end,
  };
}

const comparisons = ['=', '!=', '<', '<=', '>', '>='] as const satisfies readonly ast.ComparisonOp[];

/** `| topk(3)` and `> 0.5`, in any number and order. */
export function parseSecondStages(stream: TokenStream): ast.SecondStage[] {
  const stages: ast.SecondStage[] = [];
  for (;;) {
    const op = stream.take(comparisons);
    if (op) stages.push(parseMetricsFilter(stream, op));
    else if (stream.take(['|'])) stages.push(parseTopK(stream));
    else return stages;
  }
}

function parseTopK(stream: TokenStream): ast.TopK {
  const name = stream.take(['topk', 'bottomk']) ?? stream.fail(['topk', 'bottomk']);
  stream.expect('(');
  const limit = Number(stream.expect('INTEGER').value);
  return { type: name.kind as ast.TopK['type'], limit, start: name.start, end: stream.expect(')').end }; // one of the two taken
}

function parseMetricsFilter(stream: TokenStream, op: Token): ast.MetricsFilter {
  const nanosPerSecond = 1e9;
  const isNumber = ['INTEGER', 'FLOAT', 'DURATION'].includes(stream.peek().kind);
  if (!isNumber && !stream.at('-')) return stream.fail(['INTEGER', 'FLOAT', 'DURATION', '-']);
  const literal = isNumber ? stream.parseLiteral() : parseNegativeNumber(stream);
  const value = toFloat(literal.value) / (literal.value.type === 'duration' ? nanosPerSecond : 1);
  return { type: 'metricsFilter', op: op.kind as ast.ComparisonOp, value, start: op.start, end: literal.end }; // taken from comparisons
}

/** `with (name = value, …)` */
export function parseHints(stream: TokenStream): ast.Hint[] {
  stream.expect('with');
  stream.expect('(');
  const hints: ast.Hint[] = [];
  do {
    const name = stream.expect('IDENTIFIER');
    stream.expect('=');
    const literal =
      readLiteral(stream.peek()) === undefined && !stream.at('IDENTIFIER') ? stream.fail() : stream.parseLiteral();
    hints.push({ name: String(name.value), value: literal.value, start: name.start, end: literal.end });
  } while (stream.take([',']));
  stream.expect(')', [')', ',']);
  return hints;
}
