// Prometheus's API: paths, and per kind of question how an answer is normalised and compared.
import { canon, diffCount, diffDeep, diffKeyed, diffSet, sortKeys } from './equality.mjs';
import { diffResult, normaliseResult } from './result.mjs';

const asIs = (data) => data;
const deep = { normalise: asIs, diff: (e, a, { tolerance }) => diffDeep(e, a, tolerance) };
const result = {
  normalise: normaliseResult,
  diff(expected, actual, options) {
    if (!options.countOnly || !expected.result) return diffResult(expected, actual, options);
    return expected.resultType === actual.resultType
      ? diffCount(expected.result, actual.result, 'series')
      : `expected resultType ${expected.resultType} got ${actual.resultType}`;
  },
};
// A limit takes an arbitrary choice, so only the number counts.
const list = {
  normalise: asIs,
  diff: (e, a, { limited, tolerance }) => (limited ? diffCount(e, a, 'values') : diffDeep(e, a, tolerance)),
};

const kinds = {
  instant: { path: '/api/v1/query', ...result },
  range: { path: '/api/v1/query_range', ...result },
  labels: { path: '/api/v1/labels', ...list },
  label_values: { path: '/api/v1/label/{name}/values', ...list },
  series: {
    path: '/api/v1/series',
    normalise: (data) => data.map(sortKeys),
    diff: (e, a, { limited }) => (limited ? diffCount(e, a, 'series') : diffSet(e, a, 'series')),
  },
  metadata: {
    path: '/api/v1/metadata',
    normalise: asIs,
    diff: (e, a, { countOnly, tolerance }) => (countOnly ? diffCount(e, a, 'metrics') : diffDeep(e, a, tolerance)),
  },
  exemplars: { path: '/api/v1/query_exemplars', normalise: normaliseExemplars, diff: diffExemplars },
  format_query: { path: '/api/v1/format_query', ...deep },
  parse_query: { path: '/api/v1/parse_query', ...deep },
};

export const promql = {
  server: 'prometheus',
  signal: 'metrics',
  queryParameter: 'query',
  time: (clock, offsetS) => clock.toSeconds(offsetS),
  kinds,
  normalise(kind, json, clock) {
    return {
      ...(json.status && json.status !== 'success' && { apiStatus: json.status }),
      data: kinds[kind].normalise(json.data, clock),
      ...(json.warnings?.length && { warnings: [...json.warnings].sort() }),
      ...(json.infos?.length && { infos: [...json.infos].sort() }),
    };
  },
  normaliseError: (json, text, clock) =>
    json ? { errorType: json.errorType, error: clock.scrub(json.error ?? '') } : { error: clock.scrub(text.trim()) },
};

function normaliseExemplars(data, clock) {
  return data.map((series) => ({
    seriesLabels: sortKeys(series.seriesLabels),
    exemplars: series.exemplars.map(({ labels, value, timestamp }) => ({
      labels: sortKeys(labels),
      value,
      timestamp: clock.offsetOfSeconds(timestamp),
    })),
  }));
}

function diffExemplars(expected, actual, { tolerance }) {
  const key = (series) => canon(series.seriesLabels);
  const diff = (x, y) => diffDeep(x.exemplars, y.exemplars, tolerance);
  return diffKeyed(expected, actual, { key, diff, what: 'series' });
}
