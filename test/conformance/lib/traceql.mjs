// Tempo's API: paths, and per kind of question how an answer is normalised and compared.
import {
  canon,
  compareText,
  diffDeep,
  diffKeyed,
  diffPoints,
  diffSet,
  expectedGot,
  isSameNumber,
} from './equality.mjs';

const counted = (diff) => (expected, actual, options) => {
  if (!options.countOnly) return diff(expected, actual, options);
  if (expected.length !== actual.length) return `expected ${expected.length} results got ${actual.length}`;
  return options.countOnly === 'spans' ? diffSpanCounts(expected, actual) : undefined;
};
const tagValues = {
  normalise: (json, clock) => clock.scrubDeep(json.tagValues ?? []),
  diff: counted((e, a) => diffSet(e, a, 'values')),
};
const deep = (e, a, { tolerance }) => diffDeep(e, a, tolerance);

const kinds = {
  search: {
    path: '/api/search',
    normalise: (json, clock) => (json.traces ?? []).map((one) => normaliseFound(one, clock)),
    diff: counted(diffSearch),
  },
  tags: {
    path: '/api/search/tags',
    normalise: (json) => json.tagNames ?? [],
    diff: counted((e, a) => diffSet(e, a, 'tags')),
  },
  tags_v2: {
    path: '/api/v2/search/tags',
    normalise: (json) => (json.scopes ?? []).map(({ name, tags }) => ({ name, tags: tags ?? [] })),
    diff: counted(diffScopes),
  },
  tag_values: { path: '/api/search/tag/{name}/values', ...tagValues },
  tag_values_v2: { path: '/api/v2/search/tag/{name}/values', ...tagValues },
  trace: {
    path: '/api/traces/{name}',
    normalise: (json, clock) => normaliseTrace(json, json.batches ? 'batches' : 'resourceSpans', clock),
    diff: deep,
  },
  trace_v2: {
    path: '/api/v2/traces/{name}',
    normalise: (json, clock) => normaliseTrace(json.trace ?? {}, 'trace.resourceSpans', clock),
    diff: deep,
  },
  metrics_range: { path: '/api/metrics/query_range', normalise: normaliseMetrics, diff: counted(diffMetrics) },
  metrics_instant: {
    path: '/api/metrics/query',
    normalise: (json, clock) =>
      (json.series ?? []).map(({ labels, value }) => ({ labels: sortAttributes(labels, clock), value: value ?? 0 })),
    diff: counted(diffInstantMetrics),
  },
};

export const traceql = {
  server: 'tempo',
  signal: 'traces',
  queryParameter: 'q',
  time: (clock, offsetS) => clock.toSeconds(offsetS),
  kinds,
  normalise: (kind, json, clock) => ({ data: kinds[kind].normalise(json, clock) }),
  normaliseError: (_json, text, clock) => ({ error: clock.scrub(text.trim()) }),
};

function sortAttributes(attributes, clock) {
  return (attributes ?? [])
    .map(({ key, value }) => ({ key, value: clock.scrubDeep(value) }))
    .sort((a, b) => compareText(a.key, b.key));
}

function normaliseFound(trace, clock) {
  const start = (one) => clock.offsetOfNs(one.startTimeUnixNano ?? clock.t0Ns);
  const sets = trace.spanSets ?? (trace.spanSet ? [trace.spanSet] : []);
  return {
    traceID: (trace.traceID ?? '').padStart(32, '0'),
    rootServiceName: trace.rootServiceName ?? '',
    rootTraceName: trace.rootTraceName ?? '',
    start: start(trace),
    durationMs: trace.durationMs ?? 0,
    serviceStats: trace.serviceStats,
    spanSets: sets.map(({ matched, attributes, spans }) => ({
      matched,
      attributes: attributes ? sortAttributes(attributes, clock) : undefined,
      spans: (spans ?? []).map((span) => ({
        spanID: span.spanID,
        name: span.name,
        start: start(span),
        durationNanos: span.durationNanos ?? '0',
        attributes: sortAttributes(span.attributes, clock),
      })),
    })),
  };
}

function diffSearch(expected, actual, { ordered, tolerance }) {
  if (ordered) {
    const [wanted, given] = [expected, actual].map((list) => list.map((one) => one.traceID).join(' '));
    if (wanted !== given) return `order: ${expectedGot(wanted, given)}`;
  }
  const diff = ({ spanSets: wanted, ...x }, { spanSets: given, ...y }) =>
    diffDeep(x, y, tolerance) ?? diffDeep(sortSets(wanted), sortSets(given), tolerance, 'spanSets');
  return diffKeyed(expected, actual, { key: (one) => one.traceID, diff, what: 'traces' });
}

function sortSets(sets) {
  const key = (set) => canon([set.spans.map((span) => span.spanID), set.attributes]);
  return sets
    .map((set) => ({ ...set, spans: [...set.spans].sort((a, b) => compareText(a.spanID, b.spanID)) }))
    .sort((a, b) => compareText(key(a), key(b)));
}

function diffSpanCounts(expected, actual) {
  const shape = (one) => canon([one.traceID, one.spanSets.map((set) => [set.matched, set.spans.length])]);
  return diffSet(expected.map(shape), actual.map(shape), 'traces');
}

function diffScopes(expected, actual) {
  const diff = (x, y) => diffSet(x.tags, y.tags, 'tags');
  return diffKeyed(expected, actual, { key: (one) => one.name, diff, what: 'scopes' });
}

// Flattened to a list of spans, each with its resource and scope, because batches may be cut in any way.
function normaliseTrace(trace, shape, clock) {
  const spans = (trace.resourceSpans ?? trace.batches ?? []).flatMap((batch) =>
    (batch.scopeSpans ?? []).flatMap((group) =>
      (group.spans ?? []).map((span) => ({
        ...normaliseSpan(span, clock),
        resource: sortAttributes(batch.resource?.attributes, clock),
        scope: normaliseScope(group.scope, clock),
      })),
    ),
  );
  return { shape, spans: spans.sort((a, b) => compareText(a.spanId, b.spanId)) };
}

function normaliseSpan(span, clock) {
  const time = (ns) => (ns === undefined ? undefined : clock.offsetOfNs(ns));
  return {
    traceId: toHex(span.traceId),
    spanId: toHex(span.spanId),
    parentSpanId: toHex(span.parentSpanId),
    name: span.name ?? '',
    kind: span.kind ?? 'SPAN_KIND_UNSPECIFIED',
    traceState: span.traceState || undefined,
    start: time(span.startTimeUnixNano),
    end: time(span.endTimeUnixNano),
    attributes: sortAttributes(span.attributes, clock),
    events: (span.events ?? []).map((event) => ({
      time: time(event.timeUnixNano),
      name: event.name ?? '',
      attributes: sortAttributes(event.attributes, clock),
    })),
    links: (span.links ?? []).map((link) => ({
      traceId: toHex(link.traceId),
      spanId: toHex(link.spanId),
      attributes: sortAttributes(link.attributes, clock),
    })),
    status: { code: span.status?.code ?? 'STATUS_CODE_UNSET', message: span.status?.message || undefined },
  };
}

function normaliseScope(scope, clock) {
  if (!scope) return {};
  const attributes = scope.attributes?.length ? sortAttributes(scope.attributes, clock) : undefined;
  return { name: scope.name || undefined, version: scope.version || undefined, attributes };
}

// Ids come as hex or, in protobuf's JSON form, as base64.
function toHex(id) {
  if (!id) return '';
  return /^([0-9a-fA-F]{16}|[0-9a-fA-F]{32})$/.test(id) ? id.toLowerCase() : Buffer.from(id, 'base64').toString('hex');
}

function normaliseMetrics(json, clock) {
  return (json.series ?? []).map((series) => ({
    labels: sortAttributes(series.labels, clock),
    samples: (series.samples ?? []).map((point) => [clock.offsetOfMs(point.timestampMs ?? 0), point.value ?? 0]),
    exemplars: series.exemplars?.length ? true : undefined,
  }));
}

function diffMetrics(expected, actual, { tolerance, exemplars }) {
  const diff = (x, y) => {
    const found = diffPoints(x.samples, y.samples, tolerance);
    if (found || !exemplars || x.exemplars === y.exemplars) return found;
    return `exemplars: expected ${x.exemplars} got ${y.exemplars}`;
  };
  return diffKeyed(expected, actual, { key: (one) => canon(one.labels), diff, what: 'series' });
}

function diffInstantMetrics(expected, actual, { tolerance }) {
  const diff = (x, y) => (isSameNumber(x.value, y.value, tolerance) ? undefined : expectedGot(x.value, y.value));
  return diffKeyed(expected, actual, { key: (one) => canon(one.labels), diff, what: 'series' });
}
