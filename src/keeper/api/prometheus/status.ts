// Who we are and how we are: readiness, build, runtime, cardinality, and lists that are always empty here (targets, rules,
// alerts) but that clients expect to be there.

import { metricNameLabel } from '../../../promql/labels.ts';
import { parseGoAtoi } from '../../../std/go-strconv.ts';
import type { ApiResponse, Route } from '../../http/types.ts';
import type { MetricsStore } from '../../store/metrics/metrics-store.ts';
import { answer } from './answer.ts';
import { refuseParameter } from './parameters.ts';

export interface StatusContext {
  readonly store: MetricsStore;
  readonly nowMs: () => number;
}

/** The release whose API this is. */
const prometheusVersion = '3.14.0';

export function makeStatusRoutes(context: StatusContext): Route[] {
  const startedMs = context.nowMs();
  const get = (path: string, handler: Route['handler']): Route => ({ method: 'GET', path, handler });
  const fixed = (path: string, data: unknown): Route => get(path, () => answer(data));
  return [
    get('/-/ready', () => plain('Prometheus Server is Ready.\n')),
    get('/-/healthy', () => plain('Prometheus Server is Healthy.\n')),
    fixed('/api/v1/status/buildinfo', {
      version: prometheusVersion,
      revision: '',
      branch: '',
      buildUser: '',
      buildDate: '',
      goVersion: '',
    }),
    get('/api/v1/status/runtimeinfo', () => answer(describeRuntime(context, startedMs))),
    get('/api/v1/status/tsdb', ({ query }) => answer(describeCardinality(context.store, query))),
    fixed('/api/v1/status/flags', {}),
    fixed('/api/v1/status/config', { yaml: '' }),
    fixed('/api/v1/status/walreplay', { min: 0, max: 0, current: 0 }),
    fixed('/api/v1/targets', { activeTargets: [], droppedTargets: [], droppedTargetCounts: {} }),
    fixed('/api/v1/targets/metadata', []),
    fixed('/api/v1/scrape_pools', { scrapePools: [] }),
    fixed('/api/v1/alertmanagers', { activeAlertmanagers: [], droppedAlertmanagers: [] }),
    fixed('/api/v1/rules', { groups: [] }),
    fixed('/api/v1/alerts', { alerts: [] }),
    fixed('/api/v1/notifications', []),
    fixed('/api/v1/features', {}),
  ];
}

function plain(body: string): ApiResponse {
  return { status: 200, headers: { 'content-type': 'text/plain; charset=utf-8' }, body };
}

function describeRuntime({ store, nowMs }: StatusContext, startedMs: number) {
  return {
    startTime: new Date(startedMs).toISOString(),
    CWD: '/',
    hostname: '',
    serverTime: new Date(nowMs()).toISOString(),
    reloadConfigSuccess: true,
    lastConfigTime: new Date(startedMs).toISOString(),
    corruptionCount: 0,
    goroutineCount: 1,
    GOMAXPROCS: 1,
    GOMEMLIMIT: 0,
    GOGC: '',
    GODEBUG: '',
    storageRetention: '',
    timeSeriesCount: store.seriesCount,
  };
}

interface Stat {
  readonly name: string;
  readonly value: number;
}

const maxStatLimit = 10_000;

function describeCardinality(store: MetricsStore, query: URLSearchParams) {
  const limit = readStatLimit(query.get('limit') ?? '');
  const { index } = store;
  const range = store.timeRange();
  const names = [...index.labelNames()];
  const counts = names.map((name) => ({ name, values: [...index.countValues(name)] }));
  const top = (stats: readonly Stat[]) => [...stats].sort((a, b) => b.value - a.value).slice(0, limit);
  const pairs = counts.flatMap(({ name, values }) =>
    values.map(([text, value]) => ({ name: `${name}=${text}`, value })),
  );
  return {
    headStats: {
      numSeries: store.seriesCount,
      numLabelPairs: pairs.length,
      chunkCount: store.seriesCount,
      // An empty head has Go's largest and smallest time.
      minTime: range?.startMs ?? Number.MAX_SAFE_INTEGER,
      maxTime: range?.endMs ?? Number.MIN_SAFE_INTEGER,
    },
    seriesCountByMetricName: top([...index.countValues(metricNameLabel)].map(([name, value]) => ({ name, value }))),
    labelValueCountByLabelName: top(counts.map(({ name, values }) => ({ name, value: values.length }))),
    memoryInBytesByLabelName: top(
      counts.map(({ name, values }) => ({
        name,
        value: values.reduce((bytes, [text]) => bytes + Buffer.byteLength(text), 0),
      })),
    ),
    seriesCountByLabelValuePair: top(pairs),
  };
}

function readStatLimit(text: string): number {
  if (text === '') return 10;
  const limit = parseGoAtoi(text);
  if (typeof limit === 'string' || limit < 1) return refuseParameter('limit must be a positive number');
  return limit > maxStatLimit ? refuseParameter(`limit must not exceed ${maxStatLimit}`) : limit;
}
