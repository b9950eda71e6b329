// Loki's API as handlers: what the conformance cases do not ask: pushed entries, their discovery, times and refusals.

import { describe, expect, it } from 'vitest';
import { fillBounds } from '../../../model/limits.ts';
import { decodePushJson } from '../../../wire/loki/push.ts';
import { makeRouter } from '../../http/router.ts';
import type { ApiResponse } from '../../http/types.ts';
import { makeMasker } from '../../mask/mask-request.ts';
import { createLogsBackend } from './index.ts';

const nowMs = 1_700_000_600_000;
const startNs = 1_700_000_000_000_000_000n;

function makeApi(pushed?: unknown) {
  const backend = createLogsBackend({
    nowMs: () => nowMs,
    masker: makeMasker(),
    bounds: fillBounds(),
    limits: { maxBytes: 1e9, retentionMs: 1e9 },
  });
  if (pushed !== undefined) backend.pushStore.prepare(decodePushJson(Buffer.from(JSON.stringify(pushed)))).commit();
  const router = makeRouter(backend.routes);
  return async (
    method: string,
    target: string,
    body = '',
    headers: Record<string, string> = {},
  ): Promise<ApiResponse> => {
    const url = new URL(target, 'http://loki');
    const found = router(method, url.pathname);
    if (found === undefined) throw new Error(`${target} is no path`);
    const { route, params } = found;
    const { signal } = new AbortController();
    return route.handler({
      method,
      path: url.pathname,
      params,
      query: url.searchParams,
      headers,
      body: Buffer.from(body),
      signal,
    });
  };
}

function makeFilledApi() {
  const values = [
    [String(startNs + 1n), 'GET /a 200', { trace_id: 'abc' }],
    [String(startNs + 2n), 'level=error msg="broken" took=5ms'],
    [String(startNs + 3n), '{"level":"warn","n":1}'],
  ];
  return makeApi({ streams: [{ stream: { app: 'web', env: 'dev' }, values }] });
}

function parseBody({ body }: ApiResponse) {
  return JSON.parse(body.toString());
}

const selector = encodeURIComponent('{app="web"}');

describe('pushed entries', () => {
  it('are found with their labels, a service name and a level', async () => {
    const api = makeFilledApi();
    const { data } = parseBody(await api('GET', `/loki/api/v1/query_range?query=${selector}&direction=forward`));
    const levels = data.result.map((one: { stream: Record<string, string> }) => one.stream.detected_level);
    expect(levels.sort()).toEqual(['error', 'unknown', 'warn']);
    expect(data.result[0].stream).toMatchObject({ app: 'web', env: 'dev', service_name: 'web' });
    expect(data.stats.summary).toMatchObject({ totalLinesProcessed: 3, totalEntriesReturned: 3 });
  });

  it('keep their kinds of labels apart when Grafana asks for that', async () => {
    const api = makeFilledApi();
    const headers = { 'x-loki-response-encoding-flags': 'categorize-labels' };
    const { data } = parseBody(
      await api('GET', `/loki/api/v1/query_range?query=${selector}&limit=1&direction=forward`, '', headers),
    );
    expect(data.encodingFlags).toEqual(['categorize-labels']);
    expect(data.result).toEqual([
      {
        stream: { app: 'web', env: 'dev', service_name: 'web' },
        values: [
          [String(startNs + 1n), 'GET /a 200', { structuredMetadata: { detected_level: 'unknown', trace_id: 'abc' } }],
        ],
      },
    ]);
  });

  it('are counted by a metric query', async () => {
    const api = makeFilledApi();
    const query = encodeURIComponent('sum(count_over_time({app="web"}[1h]))');
    const { data } = parseBody(await api('GET', `/loki/api/v1/query?query=${query}`));
    expect(data).toMatchObject({ resultType: 'vector', result: [{ metric: {}, value: [nowMs / 1000, '3'] }] });
  });

  it('show in labels, values, series, volume and fields', async () => {
    const api = makeFilledApi();
    expect(parseBody(await api('GET', '/loki/api/v1/labels')).data).toEqual(['app', 'env', 'service_name']);
    expect(parseBody(await api('GET', '/loki/api/v1/label/app/values')).data).toEqual(['web']);
    expect(parseBody(await api('GET', `/loki/api/v1/series?match[]=${selector}`)).data).toHaveLength(1);
    expect(parseBody(await api('GET', `/loki/api/v1/index/volume?query=${selector}`)).data.result[0].metric).toEqual({
      app: 'web',
    });
    const { fields } = parseBody(await api('GET', `/loki/api/v1/detected_fields?query=${selector}`));
    const byName = new Map(fields.map((field: { label: string }) => [field.label, field]));
    expect(byName.get('took')).toMatchObject({ type: 'duration', parsers: ['logfmt'] });
    expect(byName.get('n')).toMatchObject({ type: 'int', parsers: ['json'], jsonPath: ['n'] });
    expect(byName.get('trace_id')).toMatchObject({ parsers: null });
    expect(
      parseBody(await api('GET', `/loki/api/v1/detected_field/level/values?query=${selector}`)).values.sort(),
    ).toEqual(['error', 'warn']);
  });
});

describe('what Grafana asks beside queries', () => {
  it.each([
    ['/loki/api/v1/drilldown-limits', { pattern_ingester_enabled: true, limits: { volume_enabled: true } }],
    ['/prometheus/api/v1/rules', { status: 'success', data: { groups: [] } }],
    ['/prometheus/api/v1/alerts', { status: 'success', data: { alerts: [] } }],
  ])('%s is answered', async (path, expected) => {
    expect(parseBody(await makeApi()('GET', path))).toMatchObject(expected);
  });
});

describe('a refused request', () => {
  it.each([
    ['GET', '/loki/api/v1/query_range?query={', '', 'parse error at line 1, col 2'],
    ['GET', '/loki/api/v1/query_range?query=%7Ba%3D%22b%22%7D&limit=0', '', 'limit must be a positive value'],
    ['GET', '/loki/api/v1/query?query=%7Ba%3D%22b%22%7D', '', 'log queries are not supported as an instant query type'],
    ['GET', '/loki/api/v1/rules', '', 'no rule groups found'],
    ['GET', '/loki/api/v1/series?match[]=%7Ba%3D%22b%22%7D%7C%3D%22x%22', '', 'only label matchers are supported'],
    ['GET', '/loki/api/v1/index/volume?query=%7B%7D&aggregateBy=x', '', 'invalid aggregation option'],
  ])('%s %s says why', async (method, target, body, message) => {
    const api = makeApi();
    const refused = Promise.resolve().then(() => api(method, target, body, { 'content-type': 'application/json' }));
    await expect(refused).rejects.toThrow();
    const text = await refused.catch(
      (error: { fields?: { serverText?: string }; message: string }) => error.fields?.serverText ?? error.message,
    );
    expect(text).toContain(message);
  });
});

describe('times of a query', () => {
  it.each([
    ['start=1700000000&end=1700000001', 3],
    ['start=1700000000.000&end=1700000600', 3],
    ['start=1700000000000000002&end=1700000000000000003', 1],
    ['start=2023-11-14T22:13:20Z&end=2023-11-14T22:13:21.000000001Z', 3],
    ['since=10m', 3],
    ['since=1m', 0],
    ['end=1700000000000000002&since=5s', 1],
  ])('%s selects %i entries', async (times, count) => {
    const api = makeFilledApi();
    const { data } = parseBody(await api('GET', `/loki/api/v1/query_range?query=${selector}&${times}`));
    expect(data.result.flatMap((one: { values: unknown[] }) => one.values)).toHaveLength(count);
  });
});

it('ready and buildinfo answer as clients expect', async () => {
  const api = makeApi();
  expect((await api('GET', '/ready')).body).toBe('ready\n');
  expect(parseBody(await api('GET', '/loki/api/v1/status/buildinfo')).version).toMatch(/^\d+\.\d+\.\d+$/);
});

it('patterns are found where enough lines share one', async () => {
  const values = Array.from({ length: 60 }, (_, i) => [
    String(startNs + BigInt(i)),
    `user ${i} logged in from host-${i % 7} after ${i}ms`,
  ]);
  const api = makeApi({ streams: [{ stream: { app: 'web' }, values }] });
  const { data } = parseBody(await api('GET', `/loki/api/v1/patterns?query=${selector}&step=60s`));
  expect(data).toEqual([
    { pattern: 'user <_> logged in from <_> after <_>', level: 'unknown', samples: [[1_699_999_980, 60]] },
  ]);
});
