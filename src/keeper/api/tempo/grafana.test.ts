// The forms in which Grafana's Tempo data source asks, and what it reads of the answers. Its plugin asks for tags, values and
// metrics, its backend for searches and traces: github.com/grafana/grafana, plugins/datasource/tempo and pkg/tsdb/tempo.
import { expect, test } from 'vitest';
import { openTempo } from '../../../../test/traceql/ask-tempo.ts';
import { epochNs, traceIdOf } from '../../../../test/traceql/trace-text.ts';
import { decodeProtobuf } from '../../../wire/otlp/request.ts';

const startSec = Number(epochNs / 1_000_000_000n);
const { request, ask } = openTempo(`
front @gateway 0ms+100ms server span.http.status_code=200 span.http.route=/cart span.user=ada
  charge @checkout 10ms+60ms error client span.amount=12
lonely @worker 20s+1s consumer span.http.route=/late resource.zone=eu`);
const range = `start=${startSec - 10}&end=${startSec + 60}`;
const encoded = encodeURIComponent;

test('is it alive, and which version is it? /api/echo, /api/status/buildinfo', async () => {
  expect((await ask('/api/echo')).status).toBe(200);
  expect(await ask('/api/status/buildinfo')).toMatchObject({ status: 200, body: { version: '3.0.3' } });
});

test('a search reads heads, span sets and their attributes', async () => {
  const q = encoded('{resource.service.name="gateway" && span.http.route=~"/c.*"} | select(span.user)');
  const { body } = await ask(`/api/search?q=${q}&limit=20&spss=3&${range}`, { accept: 'application/json' });
  expect(body).toEqual({
    traces: [
      {
        traceID: traceIdOf(1),
        rootServiceName: 'gateway',
        rootTraceName: 'front',
        startTimeUnixNano: String(epochNs),
        durationMs: 100,
        spanSet: expect.anything(),
        spanSets: [
          {
            matched: 1,
            spans: [
              {
                spanID: '0000000000000001',
                startTimeUnixNano: String(epochNs),
                durationNanos: '100000000',
                attributes: expect.arrayContaining([{ key: 'user', value: { stringValue: 'ada' } }]),
              },
            ],
          },
        ],
        serviceStats: { gateway: { spanCount: 1 }, checkout: { spanCount: 1, errorCount: 1 } },
      },
    ],
    metrics: expect.anything(),
  });
});

test('a search of old Grafanas, by tags in logfmt and durations', async () => {
  const tags = encoded('service.name="gateway" user=ada');
  const { body } = await ask(`/api/search?tags=${tags}&minDuration=50ms&maxDuration=1s&limit=20&${range}`);
  expect(body).toMatchObject({ traces: [{ traceID: traceIdOf(1), rootServiceName: 'gateway' }] });
});

test.each(['/api/traces/', '/api/v2/traces/'])('a trace, as protobuf: %s', async (path) => {
  const { status, headers, body } = await request(`${path}${traceIdOf(1)}?${range}`, {
    accept: 'application/protobuf',
  });
  expect([status, headers?.['content-type']]).toEqual([200, 'application/protobuf']);
  // What v2 answers has the trace as its first field, behind a tag and a length of two bytes.
  const trace = path.includes('v2') ? Buffer.from(body).subarray(3, -2) : Buffer.from(body);
  const names = decodeProtobuf('traces', trace).flatMap(({ scopes }) => scopes.flatMap(({ items }) => items));
  expect(names.map(({ name }) => name)).toEqual(['front', 'charge']);
});

test('names of tags by scope', async () => {
  expect(await ask(`/api/v2/search/tags?limit=5000&${range}`)).toMatchObject({
    body: {
      scopes: expect.arrayContaining([
        { name: 'resource', tags: ['service.name', 'zone'] },
        { name: 'span', tags: ['amount', 'http.route', 'http.status_code', 'user'] },
        { name: 'intrinsic', tags: expect.arrayContaining(['name', 'rootServiceName', 'status']) },
      ]),
    },
  });
  expect((await ask(`/api/v2/search/tags?scope=resource&${range}`)).body).toMatchObject({
    scopes: [{ name: 'resource', tags: ['service.name', 'zone'] }],
  });
});

// The editor asks while the query is being typed, so what it sends need not be whole.
test.each([
  ['span.http.route', '{}', ['/cart', '/late']],
  ['span.http.route', '{resource.service.name="gateway"}', ['/cart']],
  ['span.http.route', '{resource.service.name="worker" && span.http.route=}', ['/late']],
  ['resource.service.name', '{span.amount > 10}', ['checkout']],
  ['.user', '', ['ada']],
  ['name', '', ['charge', 'front', 'lonely']],
  ['status', '', ['error', 'ok', 'unset']],
])('values of %s where %s', async (tag, q, expected) => {
  const query = q === '' ? '' : `q=${encoded(q)}&`;
  const { body } = await ask(`/api/v2/search/tag/${encoded(tag)}/values?limit=5000&${query}${range}`);
  const { tagValues } = body as { tagValues: { type: string; value: string }[] };
  expect(tagValues.map(({ value }) => value).sort()).toEqual(expected);
});

test('names and values of old Grafanas, unscoped', async () => {
  expect((await ask('/api/search/tags')).body).toMatchObject({
    tagNames: expect.arrayContaining(['service.name', 'user']),
  });
  expect((await ask('/api/search/tag/service.name/values')).body).toMatchObject({
    tagValues: ['checkout', 'gateway', 'worker'],
  });
});

test.each(['query', 'q'])(
  'metrics over time: labels, samples in milliseconds, exemplars; the query as %s',
  async (name) => {
    const q = encoded('{} | count_over_time() by (resource.service.name)');
    const { body } = await ask(`/api/metrics/query_range?${name}=${q}&${range}&step=10s&exemplars=100`);
    const { series } = body as { series: { labels: unknown; samples: { value?: number }[]; exemplars: unknown[] }[] };
    expect(series).toHaveLength(3);
    expect(series[0]).toMatchObject({
      labels: [{ key: 'resource.service.name', value: { stringValue: 'checkout' } }],
      samples: expect.arrayContaining([{ timestampMs: String((startSec + 10) * 1000), value: 1 }]),
    });
  },
);

test('one value for the whole range', async () => {
  const { body } = await ask(`/api/metrics/query?q=${encoded('{} | count_over_time()')}&${range}`);
  expect(body).toMatchObject({ series: [{ value: 3 }] });
});

test('of a trace the spans that match, with those above them', async () => {
  const path = `/api/v2/traces/${traceIdOf(1)}?q=${encoded('{ status = error }')}`;
  const namesOf = async (more: string) => {
    const { body } = await ask(path + more);
    const { trace } = body as { trace: { resourceSpans?: { scopeSpans: { spans: { name: string }[] }[] }[] } };
    return (trace.resourceSpans ?? []).flatMap((g) => g.scopeSpans.flatMap((s) => s.spans.map(({ name }) => name)));
  };
  expect(await namesOf('')).toEqual(['charge']);
  expect(await namesOf('&keep_hierarchy=true')).toEqual(['front', 'charge']);
  expect(await namesOf('&keep_hierarchy=true&ancestor_depth=0')).toEqual(['charge']);
  expect((await ask(path)).body).toMatchObject({ status: 'PARTIAL' });
});

// Texts as Tempo 3.0.3 answers them.
test.each([
  ['q={}|rate()', 400, 'invalid TraceQL filter: only a single TraceQL filter is supported: got a metrics query'],
  [
    'q={}>>{}',
    400,
    'invalid TraceQL filter: only a single TraceQL filter is supported: got a structural or aggregate query',
  ],
  ['q={rootName="x"}', 400, 'invalid TraceQL filter: intrinsic is not supported by this filter: "rootName"'],
  ['q={}&match_depth=-2', 400, 'invalid value for match_depth: must be >= -1'],
  ['q={}&match_depth=x', 400, 'invalid value for match_depth: strconv.Atoi: parsing "x": invalid syntax'],
  ['q={}&keep_hierarchy=x', 400, 'invalid value for keep_hierarchy: strconv.ParseBool: parsing "x": invalid syntax'],
  ['q={ span.amount / 0 = 1 }', 500, 'division by zero'],
])('a filter that is refused: %s', async (query, status, body) => {
  expect(await ask(`/api/v2/traces/${traceIdOf(1)}?${query}`)).toEqual({ status, body });
});

test('levels below a match, and spans that lack an attribute', async () => {
  const path = `/api/v2/traces/${traceIdOf(1)}`;
  const whole = await ask(path);
  expect(await ask(`${path}?q=${encoded('{ name = "front" }')}&match_depth=1`)).toEqual(whole);
  expect(await ask(`${path}?q=${encoded('{ span.nosuch = nil }')}`)).toEqual(whole);
  expect((await ask(`${path}?q=${encoded('{ false }')}`)).body).toMatchObject({ trace: {}, status: 'PARTIAL' });
});
