// The source of budgets over a stack's three servers. Every answer is raw values with a limit far beyond what one run
// makes; an answer that reaches a limit says so, and becomes no data instead of a guess.
import type { LokiClient } from '../clients/loki.ts';
import type { PrometheusClient } from '../clients/prometheus.ts';
import type { TempoClient } from '../clients/tempo.ts';
import { findGuilty } from '../clients/traces/guilty.ts';
import { findStatement } from '../clients/traces/statement.ts';
import { buildTree, nsToMs } from '../clients/traces/tree.ts';
import { obsScopeName, probeServiceName } from '../model/attributes.ts';
import type { RunRecord } from '../model/run.ts';
import type { LogEntry } from '../wire/loki/decode-query.ts';
import { printSeries, type Series } from '../wire/prometheus/decode-query.ts';
import type { FoundSpan, FoundTrace } from '../wire/tempo/decode-search.ts';
import type { TraceSpan } from '../wire/tempo/decode-trace.ts';
import { joinWindows } from './scope.ts';
import { makeSpanQuery, printSpanQuery, type SpanQuery, searchAllSpans, searchTraces } from './search-spans.ts';
import type {
  BudgetSource,
  Explanation,
  Fetched,
  LineScope,
  LogLine,
  MatchedTrace,
  ProcessMeasure,
  ProcessSample,
  SeriesValue,
  SpanSample,
  TimeWindow,
} from './source.ts';

export interface Clients {
  readonly loki: LokiClient;
  readonly prometheus: PrometheusClient;
  readonly tempo: TempoClient;
}

/** Loki's default `max_entries_limit_per_query`. */
const linesPerPage = 5_000;
const maxLines = 200_000;
// Clocks of apps and servers differ a little, and search takes whole seconds.
const marginMs = 2_000;

/** Makes a source that asks the servers of one stack. Answers are kept for as long as the source lives. */
export function makeBackendSource(clients: Clients): BudgetSource {
  const searches = new Map<string, Promise<Fetched<SpanSample>>>();
  const traces = new Map<string, Promise<TraceSpan[] | null>>();
  return {
    spans(population, where) {
      const query = makeSpanQuery(population, where);
      return remember(searches, printSpanQuery(query), () => fetchSpans(clients.tempo, query, population.window));
    },
    lines: (query, scope) => fetchLines(clients.loki, query, { ...scope, maxLines }),
    async anyLine(query, scope) {
      const first = await fetchLines(clients.loki, query, { ...scope, maxLines: linesPerPage });
      if (first.items.length > 0 || first.cutOff === null) return first.items.length > 0;
      return (await fetchLines(clients.loki, query, { ...scope, maxLines })).items.length > 0;
    },
    values: (signal, query, atMs) =>
      signal === 'logs'
        ? fetchLogValues(clients.loki, query, atMs)
        : fetchMetricValues(clients.prometheus, query, atMs),
    traces: (query, windows) => fetchTraces(clients.tempo, query, windows),
    processSamples: (measure, run, window) => fetchProcessSamples(clients.prometheus, measure, { run, window }),
    async explain(span) {
      const spans = await remember(traces, span.traceId, () => clients.tempo.trace(span.traceId));
      return spans === null ? null : explainSpan(spans, span);
    },
    async streamLabels(windows) {
      const found = await Promise.all(windows.map((window) => clients.loki.labels(widen(window))));
      return [...new Set(found.flat())].sort();
    },
  };
}

async function fetchSpans(tempo: TempoClient, query: SpanQuery, window: TimeWindow): Promise<Fetched<SpanSample>> {
  const { traces, cutOff } = await searchAllSpans(tempo, query, window);
  const items = traces.flatMap((trace) => trace.spans.filter(isOfApp).map((span) => toSample(trace, span)));
  return { items, cutOff, query: printSpanQuery(query) };
}

function isOfApp(span: FoundSpan): boolean {
  return span.attributes['instrumentation:name'] !== obsScopeName;
}

function toSample(trace: FoundTrace, span: FoundSpan): SpanSample {
  const { attributes } = span;
  return {
    traceId: trace.traceId,
    spanId: span.spanId,
    name: span.name,
    service: String(attributes['service.name'] ?? ''),
    startMs: nsToMs(span.startNs),
    durationMs: nsToMs(span.durationNs),
    failed: attributes.status === 'error',
    statement: findStatement(attributes),
  };
}

async function fetchTraces(
  tempo: TempoClient,
  query: string,
  windows: readonly TimeWindow[],
): Promise<Fetched<MatchedTrace>> {
  const found = new Map<string, MatchedTrace>();
  let cutOff: string | null = null;
  for (const window of windows) {
    const answer = await searchTraces(tempo, query, window);
    cutOff ??= answer.cutOff;
    for (const { traceId, rootName, rootService, durationMs, spans, matched } of answer.traces) {
      // A trace of which more spans matched than are listed may hold one of an app among those.
      if (matched > spans.length || spans.some(isOfApp))
        found.set(traceId, { traceId, rootName, rootService, durationMs });
    }
  }
  return { items: [...found.values()], cutOff, query };
}

interface BoundedLineScope extends LineScope {
  readonly maxLines: number;
}

async function fetchLines(loki: LokiClient, query: string, scope: BoundedLineScope): Promise<Fetched<LogLine>> {
  const items: LogLine[] = [];
  let cutOff: string | null = null;
  for (const window of joinWindows(scope.windows.map(widen))) {
    const { entries, isWhole } = await fetchEntries(loki, { query, ...window, maxLines: scope.maxLines });
    if (!isWhole) cutOff = `the query was cut off at ${entries.length} lines`;
    for (const { labels, line, timestampNs } of entries) {
      const atMs = nsToMs(timestampNs);
      if (labels.service_name === probeServiceName || !isInScope(scope, labels.obs_run_id, atMs)) continue;
      items.push({ atMs, service: labels.service_name ?? null, line, traceId: labels.trace_id ?? null });
    }
  }
  return { items, cutOff, query };
}

// A line that says which run wrote it is believed: the last words of a run may come a moment after its end.
function isInScope({ windows, runIds }: LineScope, runId: string | undefined, atMs: number): boolean {
  if (runIds !== null && runId !== undefined) return runIds.includes(runId);
  return windows.some((window) => atMs >= window.startMs && atMs <= window.endMs);
}

// Page by page: each begins at the time of the last line seen, and leaves out as many lines of that time as were seen.
async function fetchEntries(
  loki: LokiClient,
  { maxLines, ...window }: TimeWindow & { readonly query: string; readonly maxLines: number },
): Promise<{ entries: readonly LogEntry[]; isWhole: boolean }> {
  const entries: LogEntry[] = [];
  while (entries.length < maxLines) {
    const last = entries.at(-1);
    const seen = last === undefined ? 0 : entries.filter((one) => one.timestampNs === last.timestampNs).length;
    const range = { ...window, limit: linesPerPage, direction: 'forward' } as const;
    const answer = await loki.queryRange({ ...range, ...(last && { startNs: last.timestampNs }) });
    if (answer.kind === 'series') throw new Error(`a log query yielded series: ${window.query}`);
    entries.push(...answer.entries.slice(seen));
    if (answer.entries.length < linesPerPage) return { entries, isWhole: true };
    // A page of nothing but lines of one time, all seen: there is no way past it.
    if (answer.entries.length <= seen) break;
  }
  return { entries, isWhole: false };
}

async function fetchLogValues(loki: LokiClient, query: string, atMs: number): Promise<Fetched<SeriesValue>> {
  const answer = await loki.query(query, atMs);
  if (answer.kind === 'lines') throw new Error(`a metric query yielded lines: ${query}`);
  return { items: lastValues(answer.answer.series), cutOff: null, query };
}

async function fetchMetricValues(
  prometheus: PrometheusClient,
  query: string,
  atMs: number,
): Promise<Fetched<SeriesValue>> {
  const answer = await prometheus.query(query, atMs);
  return { items: lastValues(answer.series), cutOff: null, query };
}

function lastValues(series: readonly Series[]): SeriesValue[] {
  return series.flatMap(({ labels, points }) => {
    const last = points.at(-1);
    return last === undefined ? [] : [{ series: printSeries(labels), value: last.value }];
  });
}

/** Metrics that the supervisor of an app records of its process tree. */
export const processMetrics: Readonly<Record<ProcessMeasure, string>> = {
  rss: 'obs_app_rss_bytes',
  cpu: 'obs_app_cpu_ratio',
  eventloop: 'obs_app_eventloop_delay_p99_seconds',
};

async function fetchProcessSamples(
  prometheus: PrometheusClient,
  measure: ProcessMeasure,
  of: { readonly run: RunRecord; readonly window: TimeWindow },
): Promise<Fetched<ProcessSample>> {
  const { run, window } = of;
  const seconds = Math.max(1, Math.ceil((window.endMs - window.startMs) / 1000));
  const query = `${processMetrics[measure]}{service_name=${JSON.stringify(run.service)}}[${seconds}s]`;
  const answer = await prometheus.query(query, window.endMs);
  const factor = measure === 'eventloop' ? 1000 : 1;
  const points = answer.series.flatMap((series) => series.points);
  const items = points.map(({ atMs, value }) => ({ atMs, value: value * factor })).sort((a, b) => a.atMs - b.atMs);
  return { items, cutOff: null, query };
}

/** Where the time of a span went, in the tree of its whole trace. */
export function explainSpan(spans: readonly TraceSpan[], sample: SpanSample): Explanation | null {
  const node = buildTree(spans).nodes.find((one) => one.span.spanId === sample.spanId);
  if (node === undefined) return null;
  const guilty = findGuilty(node);
  const { span } = guilty;
  return {
    selfMs: nsToMs(guilty.selfNs),
    span: {
      traceId: span.traceId,
      spanId: span.spanId,
      name: span.name,
      service: span.service,
      startMs: nsToMs(span.startNs),
      durationMs: nsToMs(span.durationNs),
      failed: span.status === 'error',
      statement: findStatement(span.attributes),
    },
  };
}

function widen(window: TimeWindow): TimeWindow {
  return { startMs: window.startMs - marginMs, endMs: window.endMs + marginMs };
}

function remember<T>(store: Map<string, Promise<T>>, key: string, ask: () => Promise<T>): Promise<T> {
  const known = store.get(key);
  if (known !== undefined) return known;
  const asked = ask();
  store.set(key, asked);
  return asked;
}
