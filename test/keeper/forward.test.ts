// A keeper whose backend are servers of their own: here another keeper, the embedded runtime, stands behind it.
import { expect, test, vi } from 'vitest';
import type { Backend } from '../../src/model/backend.ts';
import { signals } from '../../src/wire/otlp/request.ts';
import { makeStackFolder, type RunningKeeper, startKeeper } from './keeper-process.ts';
import { asJson, asProtobuf, count, exports, getJson, post } from './telemetry.ts';

// Up to four keepers start in a test, on a machine that may be busy.
vi.setConfig({ testTimeout: 60_000 });

type MetricsProtocol = Backend['prometheus']['metricsProtocol'];

function makeBackend(
  { endpoints }: Pick<RunningKeeper, 'endpoints'>,
  metricsProtocol: MetricsProtocol = 'otlp',
): Backend {
  const { loki, prometheus, tempo } = endpoints;
  const remoteWriteUrl = `${prometheus}/api/v1/write`;
  const writeUrl = metricsProtocol === 'otlp' ? `${prometheus}/api/v1/otlp/v1/metrics` : remoteWriteUrl;
  return {
    loki: { url: loki, headers: {}, otlpLogsUrl: `${loki}/otlp/v1/logs` },
    prometheus: { url: prometheus, headers: {}, metricsProtocol, writeUrl, remoteWriteUrl },
    tempo: { url: tempo, headers: {}, otlpTracesUrl: `${tempo}/v1/traces` },
    tenancy: 'alone',
  };
}

async function startPair(metricsProtocol?: MetricsProtocol) {
  const behind = await startKeeper();
  const backend = makeBackend(behind, metricsProtocol);
  const keeper = await startKeeper(await makeStackFolder({ backend, runtime: 'native' }));
  return { behind, keeper };
}

const settle = async (keeper: RunningKeeper, timeoutMs = 60_000) =>
  (await keeper.control('POST', '/obs/settle', { timeoutMs })).json as { settled: boolean; pending: string[] };

test.each(['otlp', 'remote-write'] as const)(
  'what comes in is passed on (metrics by %s) and can be queried through the stack’s own ports',
  async (metricsProtocol) => {
    const { behind, keeper } = await startPair(metricsProtocol);
    for (const signal of signals) {
      const url = `${keeper.endpoints.otlpHttp}/v1/${signal}`;
      expect((await post(url, 'application/json', asJson(signal, 'a'))).status).toBe(200);
      expect((await post(url, 'application/x-protobuf', asProtobuf(signal, 'b'))).status).toBe(200);
    }
    expect(await settle(keeper)).toMatchObject({ settled: true, pending: [] });
    for (const signal of signals)
      for (const service of ['a', 'b']) {
        expect(await count[signal](keeper, service)).toBe(1);
        expect(await count[signal](behind, service)).toBe(1);
      }
    expect((await keeper.control('GET', '/obs/status')).json).toMatchObject({
      state: 'ready',
      usage: { logs: { records: 2 }, metrics: { records: 2 }, traces: { records: 2 } },
      warnings: [],
    });
  },
);

test('secrets are masked before anything is passed on', async () => {
  const { behind, keeper } = await startPair();
  await post(keeper.endpoints.otlpLogs, 'application/json', JSON.stringify(exports.logs('web', 'password=hunter2')));
  await settle(keeper);
  const query = encodeURIComponent('{service_name="web"}');
  const answer = await getJson(`${behind.endpoints.loki}/loki/api/v1/query_range?query=${query}`);
  expect(JSON.stringify(answer)).toContain('password=[masked]');
});

test.each(signals)('acknowledged %s survive kill -9 while the server behind is away', async (signal) => {
  const { behind, keeper } = await startPair();
  behind.process.kill('SIGKILL');
  await behind.gone;
  const url = `${keeper.endpoints.otlpHttp}/v1/${signal}`;
  expect((await post(url, 'application/json', asJson(signal, 'late'))).status).toBe(200);
  keeper.process.kill('SIGKILL');
  await keeper.gone;
  await startKeeper(behind);
  const again = await startKeeper(keeper);
  expect(await settle(again)).toMatchObject({ settled: true });
  expect(await count[signal](again, 'late')).toBe(1);
  expect((await again.control('GET', '/obs/status')).json).toMatchObject({ usage: { [signal]: { records: 1 } } });
});

test('type, unit and help of metrics are answered in place of Prometheus, by the next keeper, too', async () => {
  const { keeper } = await startPair();
  await post(keeper.endpoints.otlpMetrics, 'application/json', asJson('metrics', 'web'));
  const known = { status: 'success', data: { queue_size_bytes: [{ type: 'gauge', unit: 'bytes', help: 'Jobs' }] } };
  expect(await getJson(`${keeper.endpoints.prometheus}/api/v1/metadata`)).toEqual(known);
  keeper.process.kill('SIGTERM');
  await keeper.gone;
  const again = await startKeeper(keeper);
  expect(await getJson(`${again.endpoints.prometheus}/api/v1/metadata`)).toEqual(known);
});

test('a server that is away is told by status, and its port says so in the shape of its API', async () => {
  const { behind, keeper } = await startPair();
  behind.process.kill('SIGKILL');
  await behind.gone;
  await post(keeper.endpoints.otlpTraces, 'application/json', asJson('traces', 'web'));
  expect(await settle(keeper, 100)).toEqual({
    settled: false,
    waitedMs: expect.any(Number),
    pending: ['spans that wait to be forwarded'],
  });
  await expect
    .poll(async () => (await keeper.control('GET', '/obs/status')).json, { timeout: 60_000 })
    .toMatchObject({
      state: 'degraded',
      warnings: [expect.stringMatching(/^Tempo has taken nothing for \d+ s, 1 span waiting: .*ECONNREFUSED/)],
    });
  const got = await fetch(`${keeper.endpoints.tempo}/api/search?q={}`);
  expect([got.status, await got.text()]).toEqual([502, expect.stringMatching(/^Tempo does not answer at http:/)]);
});
