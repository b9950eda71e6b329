// The clients against a tiny HTTP server: what they ask, what they make of answers, and each way to fail.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { LokiClient } from './loki.ts';
import { PrometheusClient } from './prometheus.ts';
import { TempoClient } from './tempo.ts';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;
const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

/** Serves one handler on a free port; remembers what was asked. */
async function serve(handler: Handler): Promise<{ url: string; asked: string[] }> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${decodeURIComponent(request.url ?? '').replaceAll('+', ' ')}`);
    handler(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => new Promise((resolve) => server.close(() => resolve())));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked }; // a TCP server has a port
}

function answer(body: unknown, status = 200): Handler {
  return (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  };
}

const window = { startMs: 1_000_000.5, endMs: 2_000_000 };

describe('the Loki client', () => {
  it('asks with nanoseconds and sorts the lines of all streams by time', async () => {
    const { url, asked } = await serve(
      answer({
        status: 'success',
        data: {
          resultType: 'streams',
          result: [
            {
              stream: { service_name: 'a' },
              values: [
                ['3', 'three'],
                ['1', 'one'],
              ],
            },
            { stream: { service_name: 'b' }, values: [['2', 'two', { structuredMetadata: {} }]] },
          ],
        },
      }),
    );
    const got = await new LokiClient(url).queryRange({ query: '{a="b"}', ...window, limit: 5, direction: 'forward' });
    expect(got.kind === 'lines' && got.entries.map((entry) => entry.line)).toEqual(['one', 'two', 'three']);
    expect(asked).toEqual([
      'GET /loki/api/v1/query_range?query={a="b"}&start=1000000500000&end=2000000000000&limit=5&direction=forward',
    ]);
  });

  it('takes an empty list of labels that is left out', async () => {
    const { url } = await serve(answer({ status: 'success' }));
    expect(await new LokiClient(url).labels(window)).toEqual([]);
  });
});

describe('the Prometheus client', () => {
  it('reads vectors, scalars, special values and native histograms', async () => {
    const { url } = await serve(
      answer({
        status: 'success',
        data: {
          resultType: 'vector',
          result: [
            { metric: { __name__: 'up' }, value: [1.5, '+Inf'] },
            { metric: {}, histogram: [2, { count: '4', sum: '10', buckets: [[0, '1', '2', '4']] }] },
          ],
        },
        warnings: ['careful'],
      }),
    );
    const got = await new PrometheusClient(url).query('up', 1500);
    expect(got.series).toEqual([
      { labels: { __name__: 'up' }, points: [{ atMs: 1500, value: Infinity }] },
      {
        labels: {},
        points: [{ atMs: 2000, value: Number.NaN, histogram: { count: 4, sum: 10, buckets: [[0, 1, 2, 4]] } }],
      },
    ]);
    expect(got.warnings).toEqual(['careful']);
  });

  it('sends a query that is too long for a URL as a form', async () => {
    const { url, asked } = await serve(answer({ status: 'success', data: { resultType: 'vector', result: [] } }));
    await new PrometheusClient(url).query(`up{a="${'x'.repeat(7000)}"}`, 0);
    expect(asked).toEqual(['POST /api/v1/query']);
  });
});

describe('the Tempo client', () => {
  it('keeps what answers warn of in their header', async () => {
    const { url } = await serve((request, response) => {
      response.setHeader('warning', '299 obs "older data was pruned"');
      answer({ traces: [] })(request, response);
    });
    const tempo = new TempoClient(url);
    await tempo.search({ query: '{}', ...window, limit: 5, spansPerTrace: 3 });
    await tempo.search({ query: '{}', ...window, limit: 5, spansPerTrace: 3 });
    expect([...tempo.warnings]).toEqual(['older data was pruned']);
  });

  it('pads ids, keeps each span once, and lists the newest trace first', async () => {
    const span = {
      spanID: 'b',
      startTimeUnixNano: '5',
      durationNanos: '1000000',
      attributes: [{ key: 'name', value: { stringValue: 'x' } }],
    };
    const { url } = await serve(
      answer({
        traces: [
          {
            traceID: '1',
            startTimeUnixNano: '1',
            spanSets: [
              { matched: 1, spans: [span] },
              { matched: 1, spans: [span] },
            ],
          },
          { traceID: 'AB', rootServiceName: 'web', startTimeUnixNano: '2', durationMs: 3 },
        ],
      }),
    );
    const found = await new TempoClient(url).search({ query: '{}', ...window, limit: 5, spansPerTrace: 3 });
    expect(found.map((trace) => [trace.traceId, trace.matched, trace.spans.length])).toEqual([
      [`${'0'.repeat(30)}ab`, 0, 0],
      [`${'0'.repeat(31)}1`, 2, 1],
    ]);
  });

  it('reads a trace with ids in base64 or hex, and answers null for none', async () => {
    const hex = await serve(answer({ trace: { resourceSpans: [group('00000000000000ab')] } }));
    const base64 = await serve(answer({ batches: [group('AAAAAAAAAKs=')] }));
    const none = await serve(answer({ trace: {} }));
    const spanOf = async (url: string) => (await new TempoClient(url).trace('1'))?.[0];
    expect(await spanOf(hex.url)).toMatchObject({
      spanId: '00000000000000ab',
      service: 'web',
      scope: 'http',
      status: 'error',
      kind: 'server',
      durationNs: 5n,
    });
    expect(await spanOf(base64.url)).toMatchObject({ spanId: '00000000000000ab' });
    expect(await new TempoClient(none.url).trace('1')).toBeNull();
  });

  it('keeps what a keeper says of a trace that it no longer has', async () => {
    const { url } = await serve(answer({ metrics: {}, status: 'PARTIAL', message: 'older data was pruned' }));
    const tempo = new TempoClient(url);
    expect(await tempo.trace('1')).toBeNull();
    expect([...tempo.warnings]).toEqual(['older data was pruned']);
  });
});

function group(spanId: string) {
  const span = {
    spanId,
    name: 'GET /',
    kind: 'SPAN_KIND_SERVER',
    startTimeUnixNano: '10',
    endTimeUnixNano: '15',
    status: { code: 2 },
  };
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'web' } }] };
  return { resource, scopeSpans: [{ scope: { name: 'http' }, spans: [span] }] };
}

describe('a question that fails', () => {
  it.each([
    {
      name: 'refused with a JSON error',
      handler: answer({ status: 'error', error: 'bad thing' }, 400),
      code: 'OBS_BACKEND_REFUSED',
      exit: 2,
      says: /Prometheus refuses the query \(400\): bad thing/,
    },
    {
      name: 'refused in plain text',
      handler: answer('parse error', 400),
      code: 'OBS_BACKEND_REFUSED',
      exit: 2,
      says: /parse error/,
    },
    {
      name: 'too much for the server',
      handler: answer('slow down', 429),
      code: 'OBS_BACKEND_FAILED',
      exit: 4,
      says: /slow down/,
    },
    { name: 'broken inside', handler: answer('oops', 500), code: 'OBS_BACKEND_FAILED', exit: 4, says: /oops/ },
    {
      name: 'answered by something else',
      handler: answer('<html>'),
      code: 'OBS_BACKEND_GARBLED',
      exit: 4,
      says: /does not speak its API/,
    },
  ])('says so when it is $name', async ({ handler, code, exit, says }) => {
    const { url } = await serve(handler);
    const failed = new PrometheusClient(url).query('up', 0);
    await expect(failed).rejects.toMatchObject({ code, exit, message: expect.stringMatching(says) });
  });

  it('says so when nobody listens', async () => {
    const failed = new PrometheusClient('http://127.0.0.1:1').query('up', 0);
    await expect(failed).rejects.toMatchObject({ code: 'OBS_BACKEND_UNREACHABLE', exit: 4 });
  });

  it('says so when no answer comes in time', async () => {
    const { url } = await serve((request) => setTimeout(() => request.socket.destroy(), 300));
    const failed = new PrometheusClient(url, { timeoutMs: 50 }).query('up', 0);
    await expect(failed).rejects.toMatchObject({
      code: 'OBS_BACKEND_UNREACHABLE',
      why: expect.stringMatching(/within 50 ms/),
    });
  });

  it('ends with the reason of an aborted signal', async () => {
    const { url } = await serve((request) => setTimeout(() => request.socket.destroy(), 300));
    const controller = new AbortController();
    const failed = new PrometheusClient(url, { signal: controller.signal }).query('up', 0);
    controller.abort(new Error('enough'));
    await expect(failed).rejects.toThrow('enough');
  });
});
