// Runs a parsed query: log queries yield entries, metric queries a matrix, a vector or a scalar.
import { QueryError } from '../errors/query-error.ts';
import type { Expr } from './ast.ts';
import type { Breather } from './breathe.ts';
import { evaluateLogs } from './evaluate-logs.ts';
import { evaluateMetrics } from './evaluate-metrics.ts';
import type { LogSource } from './source.ts';
import type { LogResult, MetricResult, QueryStats } from './values.ts';

export interface EvaluateOptions {
  /** First step, and first entry of a log query. */
  readonly startNs: bigint;
  /** Last step; log entries come before it. */
  readonly endNs: bigint;
  /** 0: an instant query at `startNs`. */
  readonly stepNs: bigint;
  readonly intervalNs: bigint;
  readonly limit: number;
  readonly direction: 'forward' | 'backward';
  readonly maxSeries: number;
  readonly breather: Breather;
  readonly stats: QueryStats;
}

/** Evaluates a query that `parse` has accepted. @throws QueryError */
export function evaluate(expr: Expr, source: LogSource, options: EvaluateOptions): Promise<LogResult | MetricResult> {
  if (expr.kind === 'variants') {
    throw new QueryError({ language: 'logql', kind: 'unsupported', message: 'variants(…) of (…) is not built' });
  }
  if (expr.kind !== 'log') return evaluateMetrics(expr, source, options);
  const { startNs, endNs } = options;
  return evaluateLogs(expr, source, { ...options, range: { startNs, endNs } });
}
