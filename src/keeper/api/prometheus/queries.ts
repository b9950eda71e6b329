// query, query_range, query_exemplars, format_query, parse_query.
import { QueryError } from '../../../errors/query-error.ts';
import { type Bounds, describeLimit } from '../../../model/limits.ts';
import { listSelectors } from '../../../promql/ast.ts';
import { evaluateInstant, evaluateRange, type QueryOptions, type QueryResult } from '../../../promql/evaluate.ts';
import { parsePromql } from '../../../promql/parser.ts';
import { prettyPrintExpr } from '../../../promql/print.ts';
import { TooManySamples } from '../../../promql/selection/session.ts';
import type { MetricsSource } from '../../../promql/source.ts';
import { formatGoJson } from '../../../std/go-strconv.ts';
import { encodeTime } from '../../../wire/prometheus/api-json.ts';
import type { ApiRequest, ApiResponse, Route } from '../../http/types.ts';
import type { MetricsStore, SeriesExemplars } from '../../store/metrics/metrics-store.ts';
import { tellPruned } from '../pruned.ts';
import { answer, answerJson } from './answer.ts';
import { encodeResult } from './encode-result.ts';
import { makePacer } from './pacer.ts';
import {
  parseDurationParameter,
  parseLimit,
  parseOptionalTime,
  parseTime,
  parseTimeRange,
  reading,
  refuseParameter,
} from './parameters.ts';
import { translateExpr } from './translate-expr.ts';

export interface QueryContext {
  readonly store: MetricsStore;
  readonly nowMs: () => number;
  readonly bounds: Bounds;
}

const maxAnnotations = 10;

export function makeQueryRoutes(context: QueryContext): Route[] {
  const both = (path: string, handler: Route['handler']): Route[] => [
    { method: 'GET', path, handler },
    { method: 'POST', path, handler },
  ];
  return [
    ...both('/api/v1/query', (request) => queryInstant(context, request)),
    ...both('/api/v1/query_range', (request) => queryRange(context, request)),
    ...both('/api/v1/query_exemplars', (request) => queryExemplars(context, request)),
    ...both('/api/v1/format_query', ({ query }) => answer(prettyPrintExpr(parseQueryParameter(query)))),
    ...both('/api/v1/parse_query', ({ query }) => answer(translateExpr(parseQueryParameter(query)))),
  ];
}

function parseQueryParameter(query: URLSearchParams) {
  return reading('query', () => parsePromql(query.get('query') ?? ''));
}

async function queryInstant(context: QueryContext, request: ApiRequest): Promise<ApiResponse> {
  const { query } = request;
  const limit = parseLimit(query);
  const timeMs = parseOptionalTime(query, 'time', context.nowMs());
  const options = readOptions(context, request);
  const text = query.get('query') ?? '';
  const result = await readingQuery(context.bounds, () => evaluateInstant(text, timeMs, options));
  return answerQuery(result, { limit, stats: query.get('stats') ?? '', warnings: options.source.tellPruned() });
}

async function queryRange(context: QueryContext, request: ApiRequest): Promise<ApiResponse> {
  const { query } = request;
  const limit = parseLimit(query);
  const startMs = reading('start', () => parseTime(query.get('start') ?? ''));
  const endMs = reading('end', () => parseTime(query.get('end') ?? ''));
  if (endMs < startMs) reading('end', () => refuseParameter('end timestamp must not be before start time'));
  const stepMs = reading('step', () => {
    const step = parseDurationParameter(query.get('step') ?? '');
    const complaint = 'zero or negative query resolution step widths are not accepted. Try a positive integer';
    return step <= 0 ? refuseParameter(complaint) : step;
  });
  if ((endMs - startMs) / stepMs > context.bounds.querySteps) {
    const points = context.bounds.querySteps.toLocaleString('en-US');
    refuseParameter(
      `exceeded maximum resolution of ${points} points per timeseries. Try decreasing the query resolution (?step=XX) (${describeLimit('querySteps', context.bounds)})`,
    );
  }
  const options = readOptions(context, request);
  const text = query.get('query') ?? '';
  // Steps below a millisecond round to one, as timestamps do.
  const times = { startMs, endMs, stepMs: Math.max(1, Math.trunc(stepMs)) };
  const result = await readingQuery(context.bounds, () => evaluateRange(text, times, options));
  return answerQuery(result, { limit, stats: query.get('stats') ?? '', warnings: options.source.tellPruned() });
}

function readOptions({ store, nowMs, bounds }: QueryContext, { query, signal }: ApiRequest) {
  const timeout = query.get('timeout') ?? '';
  const askedMs = timeout === '' ? undefined : reading('timeout', () => parseDurationParameter(timeout));
  const timeoutMs = Math.min(askedMs ?? bounds.queryTime, bounds.queryTime);
  const limit = askedMs === timeoutMs ? 'limit: parameter timeout' : describeLimit('queryTime', bounds);
  const lookback = query.get('lookback_delta') ?? '';
  const lookbackMs = lookback === '' ? 0 : readLookback(lookback);
  return {
    source: new WatchedSeries(store),
    maxSamples: bounds.querySamples,
    pause: makePacer({ nowMs, deadlineMs: nowMs() + timeoutMs, limit, signal }),
    ...(lookbackMs > 0 ? { lookbackMs } : {}),
  } satisfies QueryOptions;
}

/** Notes how far back a query looks, which ranges, offsets and lookback say. */
class WatchedSeries implements MetricsSource {
  readonly #store: MetricsStore;
  #earliestMs = Number.POSITIVE_INFINITY;

  constructor(store: MetricsStore) {
    this.#store = store;
  }

  select(...[matchers, range]: Parameters<MetricsSource['select']>) {
    this.#earliestMs = Math.min(this.#earliestMs, range.startMs);
    return this.#store.select(matchers, range);
  }

  tellPruned(): string[] {
    return tellPruned(this.#earliestMs, this.#store.prunedBeforeMs);
  }
}

function readLookback(text: string): number {
  try {
    return parseDurationParameter(text);
  } catch {
    return refuseParameter(
      `error parsing lookback delta duration: cannot parse ${JSON.stringify(text)} to a valid duration`,
    );
  }
}

/** What the language refuses is the fault of the parameter `query`; what fails while running is not. */
async function readingQuery(bounds: Bounds, run: () => Promise<QueryResult>): Promise<QueryResult> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof TooManySamples) throw nameSetting(error, bounds);
    if (error instanceof QueryError && error.fields.kind !== 'execution') reading('query', () => rethrow(error));
    throw error;
  }
}

function nameSetting({ fields }: TooManySamples, bounds: Bounds): QueryError {
  const serverText = `${fields.serverText} (${describeLimit('querySamples', bounds)})`;
  return new QueryError({ ...fields, serverText });
}

function rethrow(error: unknown): never {
  throw error;
}

interface AnswerOptions {
  readonly limit: number;
  readonly stats: string;
  readonly warnings: readonly string[];
}

function answerQuery(result: QueryResult, { limit, stats, warnings: before }: AnswerOptions): ApiResponse {
  const { json, isTruncated } = encodeResult(result, {
    limit,
    stats: stats === '' ? undefined : describeStats(result),
  });
  const options = { query: result.query, limit: maxAnnotations };
  const warnings = [...before, ...result.annotations.list('warning', options)];
  if (isTruncated) warnings.push('results truncated due to limit');
  if (!['', 'true', 'all'].includes(stats)) {
    warnings.push(
      `value ${JSON.stringify(stats)} for parameter "stats" is deprecated and will be rejected in the next major release, use "true" or "all"`,
    );
  }
  return answerJson(json, { warnings, infos: result.annotations.list('info', options) });
}

function describeStats({ samples }: QueryResult): string {
  const timings = {
    evalTotalTime: 0,
    resultSortTime: 0,
    queryPreparationTime: 0,
    innerEvalTime: 0,
    execQueueTime: 0,
    execTotalTime: 0,
  };
  return JSON.stringify({ timings, samples: { totalQueryableSamples: samples, peakSamples: samples } });
}

function queryExemplars({ store }: QueryContext, { query }: ApiRequest): ApiResponse {
  const range = parseTimeRange(query);
  if (range.endMs < range.startMs) refuseParameter('end timestamp must not be before start timestamp');
  const selectors = listSelectors(parsePromql(query.get('query') ?? ''));
  if (selectors.length === 0) return { status: 204, body: '' };
  const found = new Map<string, SeriesExemplars>();
  for (const { matchers } of selectors) {
    for (const series of store.selectExemplars(matchers, range)) found.set(series.labels.key, series);
  }
  return answerJson(`[${[...found.values()].map(encodeExemplars).join(',')}]`);
}

function encodeExemplars({ labels, exemplars }: SeriesExemplars): string {
  const list = exemplars.map(({ labels: own, value, timeMs }) => {
    const tail = `"value":"${formatGoJson(value)}","timestamp":${encodeTime(timeMs)}`;
    return `{"labels":${JSON.stringify(Object.fromEntries(own))},${tail}}`;
  });
  return `{"seriesLabels":${JSON.stringify(Object.fromEntries(labels))},"exemplars":[${list.join(',')}]}`;
}
