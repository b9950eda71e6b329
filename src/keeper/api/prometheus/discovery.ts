// labels, label values, series, metadata: what can be asked.
import { isValidLabelName } from '../../../promql/labels.ts';
import type { Matcher } from '../../../promql/matcher.ts';
import type { TimeRange } from '../../../promql/source.ts';
import { compareText } from '../../../std/compare-text.ts';
import type { ApiRequest, ApiResponse, Route } from '../../http/types.ts';
import type { MetricsStore, Series } from '../../store/metrics/metrics-store.ts';
import { answer, answerJson } from './answer.ts';
import { applyLimit, parseLimit, parseMatchers, parseTimeRange, reading, refuseParameter } from './parameters.ts';
import { unescapeLabelName } from './unescape-name.ts';

export function makeDiscoveryRoutes(store: MetricsStore): Route[] {
  return [
    { method: 'GET', path: '/api/v1/labels', handler: (request) => listLabels(store, request) },
    { method: 'POST', path: '/api/v1/labels', handler: (request) => listLabels(store, request) },
    { method: 'GET', path: '/api/v1/label/:name/values', handler: (request) => listValues(store, request) },
    { method: 'GET', path: '/api/v1/series', handler: (request) => listSeries(store, request) },
    { method: 'POST', path: '/api/v1/series', handler: (request) => listSeries(store, request) },
  ];
}

function listLabels(store: MetricsStore, { query }: ApiRequest): ApiResponse {
  const limit = parseLimit(query);
  const range = widen(parseTimeRange(query));
  const names = new Set<string>();
  for (const series of selectAny(store, parseMatchers(query), range)) {
    for (const name of series.labels.names) names.add(name);
  }
  return answerSorted(names, limit);
}

function listValues(store: MetricsStore, { query, params }: ApiRequest): ApiResponse {
  const name = unescapeLabelName(params.name ?? '');
  if (!isValidLabelName(name)) refuseParameter(`invalid label name: ${JSON.stringify(name)}`);
  const limit = parseLimit(query);
  const range = widen(parseTimeRange(query));
  const values = new Set<string>();
  for (const series of selectAny(store, parseMatchers(query), range)) {
    const value = series.labels.get(name);
    if (value !== '') values.add(value);
  }
  return answerSorted(values, limit);
}

function listSeries(store: MetricsStore, { query }: ApiRequest): ApiResponse {
  if (query.getAll('match[]').length === 0) refuseParameter('no match[] parameter provided');
  const limit = parseLimit(query);
  const range = parseTimeRange(query);
  const sets = reading('match[]', () => parseMatchers(query));
  const { items, warnings } = applyLimit([...selectAny(store, sets, range)], limit);
  return answerJson(`[${items.map(({ labels }) => JSON.stringify(Object.fromEntries(labels))).join(',')}]`, {
    warnings,
  });
}

/** Series that any of the selectors finds; all series if there is no selector. */
function selectAny(store: MetricsStore, sets: readonly (readonly Matcher[])[], range: TimeRange): Set<Series> {
  if (sets.length === 0) return new Set(store.selectSeries([], range));
  return new Set(sets.flatMap((matchers) => store.selectSeries(matchers, range)));
}

function answerSorted(texts: ReadonlySet<string>, limit: number): ApiResponse {
  const { items, warnings } = applyLimit([...texts].sort(compareText), limit);
  return answer(items, { warnings });
}

// For names and values Prometheus looks at whole blocks of time, so a reversed or narrow range still finds something.
function widen({ startMs, endMs }: TimeRange): TimeRange {
  return { startMs: Math.min(startMs, endMs), endMs: Math.max(startMs, endMs) };
}
