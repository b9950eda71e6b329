// Evaluates a PromQL query against a source. No I/O, no clock: times, limits and pauses come in as options.

import { QueryError } from '../errors/query-error.ts';
import { Annotations } from './annotations.ts';
import type { Expr } from './ast.ts';
import { evaluateOn } from './evaluation/evaluator.ts';
import { parsePromql } from './parser.ts';
import { prepareExpr, type QueryTimes } from './prepare.ts';
import { Session, type Settings } from './selection/session.ts';
import type { MetricsSource } from './source.ts';
import { describeType, typeOf } from './validate.ts';
import { type Grid, sortByLabels, type Value } from './values.ts';

export interface QueryOptions extends Partial<Settings> {
  readonly source: MetricsSource;
}

/** A value on its grid, and what was noticed on the way. */
export interface QueryResult {
  readonly query: string;
  readonly value: Value;
  readonly grid: Grid;
  readonly annotations: Annotations;
  /** Samples read and made. */
  readonly samples: number;
}

/** Settings where a caller names none: those of a Prometheus server. */
export const defaultSettings: Settings = {
  lookbackMs: 5 * 60_000,
  defaultStepMs: 60_000,
  // Less than the 50 million of a server of its own: a sample on the grid takes nine bytes.
  maxSamples: 20_000_000,
  pause: () => undefined,
};

/** Evaluates at one moment. @throws QueryError */
export async function evaluateInstant(query: string, timeMs: number, options: QueryOptions): Promise<QueryResult> {
  const expr = parsePromql(query);
  return run({ query, expr, times: { startMs: timeMs, endMs: timeMs, stepMs: 0 } }, options);
}

/** Evaluates at every step from `startMs` to `endMs`; series come sorted by labels. @throws QueryError */
export async function evaluateRange(query: string, times: QueryTimes, options: QueryOptions): Promise<QueryResult> {
  const expr = parsePromql(query);
  const type = typeOf(expr);
  if (type !== 'vector' && type !== 'scalar') {
    const message = `invalid expression type "${describeType(type)}" for range query, must be Scalar or instant Vector`;
    throw new QueryError({
      language: 'promql',
      kind: 'invalid',
      message,
      serverText: message,
      query,
      start: expr.start,
      end: expr.end,
      httpStatus: 400,
      errorType: 'bad_data',
    });
  }
  const result = await run({ query, expr, times }, options);
  if (result.value.type !== 'vector') return result;
  return { ...result, value: { type: 'vector', series: sortByLabels(result.value.series) } };
}

async function run(
  { query, expr, times }: { readonly query: string; readonly expr: Expr; readonly times: QueryTimes },
  options: QueryOptions,
): Promise<QueryResult> {
  const prepared = prepareExpr(expr, times);
  const { source, ...overrides } = options;
  const annotations = new Annotations();
  const session = new Session(source, { ...defaultSettings, ...overrides }, annotations);
  const count = times.stepMs === 0 ? 1 : Math.floor((times.endMs - times.startMs) / times.stepMs) + 1;
  const grid: Grid = { startMs: times.startMs, stepMs: times.stepMs, count };
  const value = await evaluateOn(session, grid, prepared);
  const sorted: Value = value.type === 'matrix' ? { type: 'matrix', series: sortByLabels(value.series) } : value;
  return { query, value: sorted, grid, annotations, samples: session.samples };
}
