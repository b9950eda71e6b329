// GET /api/metrics/query_range and /api/metrics/query.

import type { Bounds } from '../../../model/limits.ts';
import { formatGoDuration } from '../../../std/go-duration.ts';
import type * as ast from '../../../traceql/ast.ts';
import { alignWindow, Intervals, type MetricsWindow } from '../../../traceql/functions/intervals.ts';
import type { Series } from '../../../traceql/functions/series.ts';
import { type MetricsOptions, runMetrics } from '../../../traceql/metrics.ts';
import { refuseBeyond } from '../../http/refusal.ts';
import type { ApiRequest, ApiResponse } from '../../http/types.ts';
import { jsonText } from './answers.ts';
import { openSource, type TempoContext } from './context.ts';
import { instantAnswer, rangeAnswer } from './metrics-answer.ts';
import { readBounds, readStepNs, readText, readUint32, refuse } from './params.ts';
import { inServerWords, parseQuery, validateQuery } from './queries.ts';

/** Tempo's own; `querySteps` may draw the line earlier. */
const maxIntervals = 10_000;
const maxExemplars = 100;
const maxSeries = 1000;
const maxRangeNs = 24n * 3600n * 1_000_000_000n;

/** Samples over time. @throws HttpRefusal */
export function handleQueryRange(context: TempoContext, { query: params }: ApiRequest): ApiResponse {
  const text = readQuery(params);
  const { startNs, endNs } = readBounds(params, context.nowMs());
  const stepNs = readStepNs(params) ?? defaultStepNs(startNs, endNs);
  failIfStepIsWrong({ startNs, endNs, stepNs }, context.bounds);
  const query = parseQuery(text, '');
  const window: MetricsWindow = alignWindow({ startNs, endNs, stepNs, isInstant: false });
  failIfRangeIsWrong(window);
  checkMetrics(query, text);
  failIfRangeIsTooLong(startNs, endNs);
  const series = run(context, query, { ...window, exemplars: readExemplars(query, params) });
  const { spare } = context;
  const body = rangeAnswer(series, new Intervals(window), { maxSeries: readMaxSeries(params), spare });
  return { ...jsonText(body), onSent: () => spare.give(body) };
}

/** One value per series for the whole window. @throws HttpRefusal */
export function handleQueryInstant(context: TempoContext, { query: params }: ApiRequest): ApiResponse {
  const text = readQuery(params);
  const { startNs, endNs } = readBounds(params, context.nowMs());
  const window: MetricsWindow = { startNs, endNs, stepNs: endNs - startNs, isInstant: true };
  failIfRangeIsWrong(window);
  const query = parseQuery(text, 'compiling query: ');
  checkMetrics(query, text);
  failIfRangeIsTooLong(startNs, endNs);
  return jsonText(
    instantAnswer(run(context, query, { ...window, exemplars: 0 }), { maxSeries: readMaxSeries(params) }),
  );
}

function run(context: TempoContext, query: ast.Query, options: MetricsOptions): Series[] {
  return inServerWords('', () => runMetrics(query, openSource(context), options));
}

// Grafana sends `query`; `q` wins if both are there.
function readQuery(params: URLSearchParams): string {
  return readText(params, 'q') ?? readText(params, 'query') ?? '';
}

function checkMetrics(query: ast.Query, text: string): void {
  validateQuery(query, text, 'compiling query: ');
  if (!query.metrics) throw refuse('not a metrics query');
}

function failIfStepIsWrong({ startNs, endNs, stepNs }: Omit<MetricsWindow, 'isInstant'>, bounds: Bounds): void {
  if (startNs > endNs) throw refuse('end must be greater than start');
  if (stepNs < 0n) throw refuse('start required');
  const most = BigInt(Math.min(maxIntervals, bounds.querySteps));
  if (stepNs > 0n && (endNs - startNs) / stepNs <= most) return;
  const minimum = formatGoDuration(Number((endNs - startNs) / most));
  const text = `step of ${formatGoDuration(Number(stepNs))} is too small, minimum step for given range is ${minimum}`;
  // The setting is named where it is what refuses: beyond Tempo's own line it would be of no use.
  throw bounds.querySteps < maxIntervals ? refuseBeyond(400, { limit: 'querySteps', bounds }, text) : refuse(text);
}

function failIfRangeIsWrong({ startNs, endNs }: MetricsWindow): void {
  if (startNs <= 0n) throw refuse('start required');
  if (endNs <= 0n) throw refuse('end required');
  if (endNs <= startNs) throw refuse('end must be greater than start');
}

function failIfRangeIsTooLong(startNs: bigint, endNs: bigint): void {
  if (endNs - startNs > maxRangeNs)
    throw refuse('metrics query time range exceeds the maximum allowed duration of 24h0m0s');
}

function readMaxSeries(params: URLSearchParams): number {
  const wanted = /^\d+$/.test(params.get('maxSeries') ?? '') ? (readUint32(params, 'maxSeries') ?? 0) : 0;
  return wanted === 0 ? maxSeries : Math.min(wanted, maxSeries);
}

// The hint wins over the parameter; 0 and nothing mean as many as there may be.
function readExemplars(query: ast.Query, params: URLSearchParams): number {
  const hint = query.hints?.find((h) => h.name === 'exemplars')?.value;
  if (hint?.type === 'int') return Math.min(maxExemplars, Math.max(0, Number(hint.value)));
  if (hint?.type === 'boolean' && !hint.value) return 0;
  const text = params.get('exemplars') ?? '';
  const wanted = /^\d+$/.test(text) ? Number(text) : 0;
  return wanted === 0 ? maxExemplars : Math.min(maxExemplars, wanted);
}

const second = 1_000_000_000n;
const granularities = [3600n * second, 300n * second, 60n * second, 15n * second, 5n * second, second];

// About 240 points, at round steps.
function defaultStepNs(startNs: bigint, endNs: bigint): bigint {
  const delta = endNs - startNs;
  const base = delta / 240n;
  const fine = 50_000_000n;
  if (delta < 60n * second) return base > fine ? (base / fine) * fine : fine;
  const unit = granularities.find((g) => base > g);
  return unit === undefined ? second : (base / unit) * unit;
}
