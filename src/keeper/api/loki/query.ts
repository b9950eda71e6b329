// query and query_range.
import { QueryError } from '../../../errors/query-error.ts';
import type { Expr } from '../../../logql/ast.ts';
import { evaluate } from '../../../logql/evaluate.ts';
import { parse } from '../../../logql/parser.ts';
import { TooManySeries } from '../../../logql/too-many-series.ts';
import type { QueryStats } from '../../../logql/values.ts';
import { encodeResult } from '../../../wire/loki/results.ts';
import { refuseBeyond } from '../../http/refusal.ts';
import type { ApiHandler, ApiRequest, ApiResponse } from '../../http/types.ts';
import { tellPruned } from '../pruned.ts';
import type { LokiContext } from './context.ts';
import { lookBackMs } from './look-back.ts';
import {
  failIfTooManyRows,
  readBounds,
  readDirection,
  readInterval,
  readLimit,
  readStep,
  readTime,
  requireOrder,
} from './params.ts';
import { makeBreather } from './query-breather.ts';

type Evaluation = Omit<Parameters<typeof evaluate>[2], 'breather' | 'stats' | 'maxSeries'>;

/** GET and POST /loki/api/v1/query_range */
export function makeQueryRange(context: LokiContext): ApiHandler {
  return (request) => {
    const { query } = request;
    const bounds = readBounds(query, context.nowMs());
    requireOrder(bounds);
    const limit = readLimit(query);
    const direction = readDirection(query);
    const stepNs = readStep(query, bounds, context.bounds);
    const intervalNs = readInterval(query);
    const expr = parse(query.get('query') ?? '');
    if (expr.kind === 'log') failIfTooManyRows(limit, context.bounds);
    const times = expr.kind === 'log' ? bounds : alignToStep(bounds, stepNs);
    return answer(context, request, expr, { ...times, stepNs, intervalNs, limit, direction });
  };
}

/** GET and POST /loki/api/v1/query */
export function makeQuery(context: LokiContext): ApiHandler {
  return (request) => {
    const { query } = request;
    const timeNs = readTime(query.get('time') ?? '', BigInt(context.nowMs()) * 1_000_000n);
    const limit = readLimit(query);
    const direction = readDirection(query);
    const expr = parse(query.get('query') ?? '');
    if (expr.kind === 'log') {
      const text =
        'log queries are not supported as an instant query type, please change your query to a range query type';
      throw new QueryError({ language: 'logql', kind: 'invalid', message: text, serverText: text, httpStatus: 400 });
    }
    const times = { startNs: timeNs, endNs: timeNs, stepNs: 0n, intervalNs: 0n };
    return answer(context, request, expr, { ...times, limit, direction });
  };
}

// Loki widens the range of a metric query to whole steps.
function alignToStep({ startNs, endNs }: { startNs: bigint; endNs: bigint }, stepNs: bigint) {
  const over = endNs % stepNs;
  return { startNs: startNs - (startNs % stepNs), endNs: over === 0n ? endNs : endNs + stepNs - over };
}

async function answer(
  context: LokiContext,
  request: ApiRequest,
  expr: Expr,
  evaluation: Evaluation,
): Promise<ApiResponse> {
  const stats: QueryStats = { lines: 0, bytes: 0 };
  const startedMs = context.nowMs();
  const breather = makeBreather(context, request);
  const maxSeries = context.bounds.querySeries;
  const result = await evaluate(expr, context.store, { ...evaluation, maxSeries, breather, stats }).catch((error) => {
    throw error instanceof TooManySeries ? nameSetting(error, context.bounds) : error;
  });
  const seconds = (context.nowMs() - startedMs) / 1000;
  const flags = request.headers['x-loki-response-encoding-flags'] ?? '';
  const categorize = flags.split(',').some((flag) => flag.trim() === 'categorize-labels');
  const earliestMs = Number(evaluation.startNs / 1_000_000n) - lookBackMs(expr);
  const warnings = tellPruned(earliestMs, context.store.prunedBeforeMs);
  return json(encodeResult(result, { categorize, stats: { ...stats, seconds }, warnings }));
}

function nameSetting({ message }: TooManySeries, bounds: LokiContext['bounds']) {
  return refuseBeyond(400, { limit: 'querySeries', bounds }, message);
}

/** An answer with a JSON body. */
export function json(body: string): ApiResponse {
  return { status: 200, headers: { 'content-type': 'application/json; charset=UTF-8' }, body };
}
