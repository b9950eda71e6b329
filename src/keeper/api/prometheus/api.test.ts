// The API as a client sees it, without a socket: routes over a store that is filled by OTLP-free appends.

import { describe, expect, test } from 'vitest';
import { fillBounds } from '../../../model/limits.ts';
import type { ApiResponse } from '../../http/types.ts';
import { makeMasker } from '../../mask/mask-request.ts';
import { createMetricsBackend } from './index.ts';

const nowMs = 1_700_000_600_000;
const startS = 1_700_000_000;

function makeApi() {
  const backend = createMetricsBackend({
    nowMs: () => nowMs,
    bounds: fillBounds(),
    limits: { maxBytes: 1e9, retentionMs: 1e12 },
    masker: makeMasker(),
    learnMetrics: () => undefined,
    listMetadata: () => ({}),
  });
  backend.seriesStore.append(
    ['a', 'b'].map((pod, i) => ({
      labels: [
        { name: '__name__', value: 'm' },
        { name: 'pod', value: pod },
      ],
      samples: Array.from({ length: 11 }, (_, n) => ({ timeMs: startS * 1000 + n * 60_000, value: n * (i + 1) })),
    })),
  );
  return async (path: string, text = '', method: 'GET' | 'POST' = 'GET'): Promise<ApiResponse> => {
    const route = backend.routes.find((one) => one.method === method && matches(one.path, path));
    if (!route) throw new Error(`no route ${method} ${path}`);
    const params = { name: path.split('/')[4] ?? '' };
    const query = new URLSearchParams(text);
    const signal = new AbortController().signal;
    return route.handler({ method, path, params, query, headers: {}, body: Buffer.alloc(0), signal });
  };
}

const matches = (pattern: string, path: string) =>
  new RegExp(`^${pattern.replaceAll(/:[a-z]+/g, '[^/]+')}$`).test(path);

async function dataOf(path: string, text?: string, method?: 'GET' | 'POST'): Promise<unknown> {
  const { body } = await makeApi()(path, text, method);
  return (JSON.parse(String(body)) as { data: unknown }).data;
}

describe('queries', () => {
  test('at one moment, which by default is now', async () => {
    expect(await dataOf('/api/v1/query', 'query=sum(m)')).toEqual({
      resultType: 'vector',
      result: [{ metric: {}, value: [nowMs / 1000, '30'] }],
    });
  });

  test('over a range', async () => {
    const text = `query=m{pod="b"}&start=${startS}&end=${startS + 120}&step=1m`;
    expect(await dataOf('/api/v1/query_range', text, 'POST')).toEqual({
      resultType: 'matrix',
      result: [
        {
          metric: { __name__: 'm', pod: 'b' },
          values: [
            [startS, '0'],
            [startS + 60, '2'],
            [startS + 120, '4'],
          ],
        },
      ],
    });
  });

  test.each([
    ['1', { resultType: 'scalar', result: [startS, '1'] }],
    ['"a"', { resultType: 'string', result: [startS, 'a'] }],
    [
      'm{pod="a"}[2m]',
      {
        resultType: 'matrix',
        result: [
          {
            metric: { __name__: 'm', pod: 'a' },
            values: [[startS, '0']],
          },
        ],
      },
    ],
  ])('of the type of %s', async (query, data) => {
    expect(await dataOf('/api/v1/query', `query=${encodeURIComponent(query)}&time=${startS}`)).toEqual(data);
  });

  test('cut to a limit say so', async () => {
    const { body } = await makeApi()('/api/v1/query', 'query=m&limit=1');
    expect(JSON.parse(String(body))).toMatchObject({ warnings: ['results truncated due to limit'] });
  });

  test('tell how many samples they read', async () => {
    expect(await dataOf('/api/v1/query', 'query=m&stats=all')).toMatchObject({
      stats: { samples: { totalQueryableSamples: expect.any(Number) } },
    });
  });

  test.each([
    ['/api/v1/query', 'query=sum(', 'invalid parameter "query": 1:5: parse error: unclosed left parenthesis'],
    ['/api/v1/query', 'query=m&time=x', 'invalid parameter "time"'],
    ['/api/v1/query_range', 'query=m&start=2&end=1&step=1', 'end timestamp must not be before start time'],
    ['/api/v1/query_range', 'query=m&start=1&end=2&step=0', 'zero or negative query resolution step widths'],
    ['/api/v1/query_range', 'query=m&start=0&end=11001&step=1', 'exceeded maximum resolution of 11,000 points'],
    ['/api/v1/series', '', 'no match[] parameter provided'],
  ])('%s?%s is refused', async (path, text, message) => {
    await expect(makeApi()(path, text)).rejects.toThrow(message);
  });
});

describe('discovery', () => {
  test.each([
    ['/api/v1/labels', '', ['__name__', 'pod']],
    ['/api/v1/label/pod/values', '', ['a', 'b']],
    ['/api/v1/label/pod/values', 'match[]=m{pod="b"}', ['b']],
    ['/api/v1/label/nosuch/values', '', []],
    ['/api/v1/series', 'match[]=m{pod="a"}', [{ __name__: 'm', pod: 'a' }]],
    ['/api/v1/labels', 'start=1&end=2', []],
  ])('%s?%s', async (path, text, data) => {
    expect(await dataOf(path, text)).toEqual(data);
  });

  test('cardinality counts series by name and label', async () => {
    expect(await dataOf('/api/v1/status/tsdb')).toMatchObject({
      headStats: { numSeries: 2, numLabelPairs: 3 },
      seriesCountByMetricName: [{ name: 'm', value: 2 }],
      labelValueCountByLabelName: [
        { name: 'pod', value: 2 },
        { name: '__name__', value: 1 },
      ],
    });
  });
});

test('queries are formatted and parsed', async () => {
  expect(await dataOf('/api/v1/format_query', 'query=sum(m)by(pod)')).toBe('sum by (pod) (m)');
  expect(await dataOf('/api/v1/parse_query', 'query=-m')).toMatchObject({
    type: 'unaryExpr',
    op: '-',
    expr: { type: 'vectorSelector', name: 'm' },
  });
});

test.each(['targets', 'rules', 'alerts', 'status/buildinfo', 'status/runtimeinfo', 'status/flags', 'metadata'])(
  '%s is there, as clients expect',
  async (name) => {
    expect((await makeApi()(`/api/v1/${name}`)).status).toBe(200);
  },
);

test.each(['ready', 'healthy'])('/-/%s says so', async (name) => {
  expect(String((await makeApi()(`/-/${name}`)).body)).toMatch(/^Prometheus Server is /);
});
