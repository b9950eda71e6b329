// Loki's API: paths, and per kind of question how an answer is normalised and compared.
import {
  canon,
  compareText,
  diffCount,
  diffDeep,
  diffKeyed,
  diffSet,
  expectedGot,
  firstOf,
  isSameNumber,
  sortKeys,
} from './equality.mjs';
import { diffResult, normaliseResult } from './result.mjs';

// These depend on chunk layout and sketches in the real server.
const loose = { bytes: 0.1, volumeRange: 0.15, cardinality: 0.05 };

const ofData = (json) => json.data ?? null;
const deep = (e, a, { tolerance }) => diffDeep(e, a, tolerance);
const query = { normalise: normaliseQuery, diff: diffQuery };
const scrubbed = (field) => (json, clock) => clock.scrubDeep(json[field] ?? null);

const kinds = {
  instant: { path: '/loki/api/v1/query', ...query },
  range: { path: '/loki/api/v1/query_range', ...query },
  labels: { path: '/loki/api/v1/labels', normalise: ofData, diff: deep },
  label_values: { path: '/loki/api/v1/label/{name}/values', normalise: ofData, diff: deep },
  series: {
    path: '/loki/api/v1/series',
    normalise: (json) => (json.data ?? []).map(sortKeys),
    diff: (e, a) => diffSet(e, a, 'series'),
  },
  stats: {
    path: '/loki/api/v1/index/stats',
    normalise: ({ streams, entries, bytes, chunks }) => ({ streams, entries, bytes, chunks }),
    diff: diffStats,
  },
  volume: {
    path: '/loki/api/v1/index/volume',
    normalise: (json, clock) => normaliseResult(json.data, clock),
    diff: (e, a, options) => diffResult(e, a, { ...options, tolerance: options.ownTolerance ?? loose.bytes }),
  },
  volume_range: { path: '/loki/api/v1/index/volume_range', normalise: normaliseVolumeRange, diff: diffVolumeRange },
  detected_labels: {
    path: '/loki/api/v1/detected_labels',
    normalise: (json) => json.detectedLabels ?? null,
    diff: diffDetectedLabels,
  },
  detected_fields: { path: '/loki/api/v1/detected_fields', normalise: scrubbed('fields'), diff: diffDetectedFields },
  detected_field_values: {
    path: '/loki/api/v1/detected_field/{name}/values',
    normalise: scrubbed('values'),
    diff: (e, a) => diffSet(e, a, 'values'),
  },
  patterns: { path: '/loki/api/v1/patterns', normalise: normalisePatterns, diff: diffPatterns },
  format_query: { path: '/loki/api/v1/format_query', normalise: (json) => json.data ?? json, diff: deep },
};

export const logql = {
  server: 'loki',
  signal: 'logs',
  queryParameter: 'query',
  time: (clock, offsetS) => clock.toNs(offsetS),
  kinds,
  normalise(kind, json, clock) {
    const isQuery = kind === 'instant' || kind === 'range';
    return {
      data: kinds[kind].normalise(json, clock),
      ...(isQuery && json.data?.encodingFlags && { encodingFlags: json.data.encodingFlags }),
      ...(isQuery && json.warnings?.length && { warnings: [...json.warnings].sort() }),
    };
  },
  normaliseError: (_json, text, clock) => ({ error: clock.scrub(text.trim()) }),
};

function normaliseQuery({ data }, clock) {
  if (data.resultType === 'streams') {
    const result = data.result.map((one) => ({
      stream: sortKeys(clock.scrubDeep(one.stream)),
      values: one.values.map((entry) => normaliseEntry(entry, clock)),
    }));
    return { resultType: 'streams', result };
  }
  const normal = normaliseResult(data, clock);
  // The time of a scalar is garbage in real Loki.
  if (data.resultType === 'scalar') normal.result[0] = null;
  return normal;
}

function normaliseEntry([time, line, metadata], clock) {
  const entry = [clock.offsetOfNs(time), clock.scrub(line)];
  if (metadata === undefined) return entry;
  const sorted = Object.entries(metadata).sort(([a], [b]) => compareText(a, b));
  return [...entry, clock.scrubDeep(Object.fromEntries(sorted.map(([key, one]) => [key, sortKeys(one)])))];
}

function diffQuery(expected, actual, options) {
  if (expected.resultType !== 'streams' || actual.resultType !== 'streams')
    return diffResult(expected, actual, options);
  const key = (one) => canon(one.stream);
  return diffKeyed(expected.result, actual.result, { key, diff: diffEntries, what: 'streams' });
}

function diffEntries(expected, actual) {
  const [wanted, given] = [sortTies(expected.values), sortTies(actual.values)];
  if (wanted.length !== given.length) return `lines: ${expectedGot(wanted, given)}`;
  return firstOf(wanted, (one, at) =>
    canon(one) === canon(given[at]) ? undefined : `line ${at}: ${expectedGot(one, given[at])}`,
  );
}

// Entries of a stream come in order; those with equal times may swap.
function sortTies(values) {
  const groups = [];
  for (const entry of values) {
    if (groups.at(-1)?.[0][0] === entry[0]) groups.at(-1).push(entry);
    else groups.push([entry]);
  }
  return groups.flatMap((group) => group.sort((a, b) => compareText(canon(a), canon(b))));
}

function diffStats(expected, actual) {
  if (expected.streams !== actual.streams || expected.entries !== actual.entries) return expectedGot(expected, actual);
  const same = isSameNumber(expected.bytes, actual.bytes, loose.bytes);
  return same ? undefined : `bytes: expected ${expected.bytes} got ${actual.bytes}`;
}

// A result with one point a series comes as vector or as matrix, whether or not Loki's cache had it.
function normaliseVolumeRange(json, clock) {
  const { result } = normaliseResult(json.data, clock);
  return {
    resultType: 'matrix',
    result: result.map(({ value, ...series }) => (value ? { ...series, values: [value] } : series)),
  };
}

function diffVolumeRange(expected, actual, { ownTolerance }) {
  const sum = (list) =>
    list.map(({ metric, values }) => ({
      metric,
      bytes: values.reduce((total, [, value]) => total + Number(value), 0),
    }));
  const diff = (x, y) =>
    isSameNumber(x.bytes, y.bytes, ownTolerance ?? loose.volumeRange)
      ? undefined
      : `expected about ${x.bytes} bytes got ${y.bytes}`;
  return diffKeyed(sum(expected.result), sum(actual.result), { key: (one) => canon(one.metric), diff, what: 'series' });
}

function diffDetectedLabels(expected, actual) {
  const diff = (x, y) =>
    x.cardinality === y.cardinality ? undefined : `cardinality expected ${x.cardinality} got ${y.cardinality}`;
  return diffKeyed(expected, actual, { key: (one) => one.label, diff, what: 'labels' });
}

function diffDetectedFields(expected, actual, { countOnly }) {
  if (countOnly) return diffCount(expected ?? [], actual ?? [], 'fields');
  const sorted = (field) => ({ ...field, parsers: [...(field.parsers ?? [])].sort() });
  const diff = (x, y) => diffDeep(sorted(x), sorted(y), loose.cardinality);
  return diffKeyed(expected, actual, { key: (one) => one.label, diff, what: 'fields' });
}

function normalisePatterns(json, clock) {
  return json.data.map(({ pattern, level, samples }) => ({
    pattern,
    level,
    samples: samples.map(([time, count]) => [clock.offsetOfSeconds(time), count]),
  }));
}

function diffPatterns(expected, actual, { tolerance }) {
  const key = ({ level, pattern }) => `${level} ${pattern}`;
  const diff = (x, y) => diffDeep(x.samples, y.samples, tolerance);
  return diffKeyed(expected, actual, { key, diff, what: 'patterns' });
}
