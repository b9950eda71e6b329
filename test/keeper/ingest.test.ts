// Telemetry into the running keeper, by every way there is, and out again through the three query APIs.
import { createServer } from 'node:http';
import { gzipSync } from 'node:zlib';
import { expect, onTestFinished, test } from 'vitest';
import { portOffset } from '../../src/model/ports.ts';
import { signals } from '../../src/wire/otlp/request.ts';
import { encodeWriteRequest } from '../../src/wire/prometheus/remote-write.ts';
import { makeGrpcSender } from './grpc-sender.ts';
import { makeStackFolder, type RunningKeeper, startKeeper } from './keeper-process.ts';
import { asJson, asProtobuf, count, exports, getJson, post, stamp } from './telemetry.ts';

test.each(signals)(
  '%s come in as JSON and protobuf, plain and compressed, and can be queried at once',
  async (signal) => {
    const keeper = await startKeeper();
    const url = `${keeper.endpoints.otlpHttp}/v1/${signal}`;
    const json = await post(url, 'application/json', asJson(signal, 'a'));
    expect([json.status, await json.text()]).toEqual([200, '{}']);
    const protobuf = await post(url, 'application/x-protobuf', asProtobuf(signal, 'b'));
    expect([protobuf.status, protobuf.headers.get('content-type'), await protobuf.text()]).toEqual([
      200,
      'application/x-protobuf',
      '',
    ]);
    const gzip = { 'content-encoding': 'gzip' };
    expect((await post(url, 'application/json', gzipSync(asJson(signal, 'c')), gzip)).status).toBe(200);
    expect((await post(url, 'application/x-protobuf', gzipSync(asProtobuf(signal, 'd')), gzip)).status).toBe(200);
    for (const service of ['a', 'b', 'c', 'd']) expect(await count[signal](keeper, service)).toBe(1);
    expect((await keeper.control('GET', '/obs/arrivals')).json).toMatchObject({
      arrivals: [
        { signal, service: 'a', runId: 'r-1', records: 1, protocol: 'otlp-http-json' },
        { signal, service: 'b', protocol: 'otlp-http-protobuf' },
        { signal, service: 'c', protocol: 'otlp-http-json' },
        { signal, service: 'd', protocol: 'otlp-http-protobuf' },
      ],
    });
  },
);

test.each(signals)('%s come in over gRPC', async (signal) => {
  const keeper = await startKeeper();
  const send = makeGrpcSender(keeper, signal);
  expect(await send(asProtobuf(signal, 'g'))).toEqual(Buffer.alloc(0));
  expect(await count[signal](keeper, 'g')).toBe(1);
  await expect(send(Buffer.from('ffff', 'hex'))).rejects.toMatchObject({
    code: 13,
    details: expect.stringContaining('malformed OTLP protobuf'),
  });
  expect((await keeper.control('GET', '/obs/arrivals')).json).toMatchObject({
    arrivals: [{ protocol: 'otlp-grpc', service: 'g' }],
    refusals: [{ status: 400 }],
  });
});

test('gRPC is understood on the port of OTLP/HTTP too, beside it', async () => {
  const keeper = await startKeeper();
  const send = makeGrpcSender(keeper, 'traces', portOffset.otlpHttp);
  expect(await send(asProtobuf('traces', 'hardwired'))).toEqual(Buffer.alloc(0));
  await post(`${keeper.endpoints.otlpHttp}/v1/traces`, 'application/json', asJson('traces', 'hardwired'));
  expect((await keeper.control('GET', '/obs/arrivals')).json).toMatchObject({
    arrivals: [{ protocol: 'otlp-grpc' }, { protocol: 'otlp-http-json' }],
  });
});

test('a gRPC message beyond the limit is refused and the keeper lives on', async () => {
  const keeper = await startKeeper();
  const send = makeGrpcSender(keeper, 'logs');
  await expect(send(Buffer.alloc(40 * 1024 * 1024))).rejects.toMatchObject({ code: 8 });
  expect(await send(asProtobuf('logs', 'after'))).toEqual(Buffer.alloc(0));
});

test.each(signals)('acknowledged %s survive kill -9', async (signal) => {
  const keeper = await startKeeper();
  const url = `${keeper.endpoints.otlpHttp}/v1/${signal}`;
  for (let i = 0; i < 5; i++) await post(url, 'application/json', asJson(signal, `s${i}`));
  keeper.process.kill('SIGKILL');
  await keeper.gone;
  const again = await startKeeper(keeper);
  for (let i = 0; i < 5; i++) expect(await count[signal](again, `s${i}`)).toBe(1);
});

test('secrets are masked in the answer and on disk', async () => {
  const keeper = await startKeeper();
  const body = JSON.stringify(exports.logs('web', 'login with password=hunter2'));
  await post(keeper.endpoints.otlpLogs, 'application/json', body);
  const query = encodeURIComponent('{service_name="web"}');
  const answer = await getJson(`${keeper.endpoints.loki}/loki/api/v1/query_range?query=${query}`);
  expect(JSON.stringify(answer)).toContain('login with password=[masked]');
  const { readdirSync, readFileSync } = await import('node:fs');
  const written = readdirSync(`${keeper.dir}/wal`).map((file) => readFileSync(`${keeper.dir}/wal/${file}`, 'latin1'));
  expect(written.join('')).toContain('password=[masked]');
  expect(written.join('')).not.toContain('hunter2');
});

test('an export without records is a success, as the specification has it', async () => {
  const keeper = await startKeeper();
  for (const signal of signals) {
    expect((await post(`${keeper.endpoints.otlpHttp}/v1/${signal}`, 'application/json', '{}')).status).toBe(200);
  }
});

test('data that no server would take is refused for good, so that exporters do not send it again and again', async () => {
  const keeper = await startKeeper();
  const delta = { dataPoints: [{ timeUnixNano: stamp(), asInt: '1' }], aggregationTemporality: 1, isMonotonic: true };
  const body = { resourceMetrics: [{ scopeMetrics: [{ metrics: [{ name: 'jobs', sum: delta }] }] }] };
  const response = await post(keeper.endpoints.otlpMetrics, 'application/json', JSON.stringify(body));
  expect(response.status).toBe(400);
  expect(await response.text()).toContain('invalid temporality');
});

test('type, unit and help of metrics are kept under the names that queries use', async () => {
  const keeper = await startKeeper();
  await post(keeper.endpoints.otlpMetrics, 'application/json', asJson('metrics', 'web'));
  expect((await keeper.control('GET', '/obs/metric-metadata')).json).toEqual({
    queue_size_bytes: [{ type: 'gauge', unit: 'bytes', help: 'Jobs' }],
  });
});

test('a page of metrics is scraped under job and instance, and its end is marked', async () => {
  const keeper = await startKeeper();
  let page = '# HELP jobs_total Done.\n# TYPE jobs_total counter\njobs_total{job="inner"} 5\nold 1\n';
  const app = createServer((_, response) => response.end(page)).listen(0, '127.0.0.1');
  onTestFinished(() => void app.close());
  await new Promise((done) => app.once('listening', done));
  const address = app.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const target = { url: `http://127.0.0.1:${port}/metrics`, intervalMs: 100, job: 'web', instance: 'web:1' };
  await keeper.control('PUT', '/obs/scrapes/r-1', target);
  const own = { job: 'web', instance: 'web:1' };
  await expect.poll(() => instant(keeper, 'up')).toEqual([{ metric: { __name__: 'up', ...own }, value: '1' }]);
  expect(await instant(keeper, 'jobs_total')).toEqual([
    { metric: { __name__: 'jobs_total', ...own, exported_job: 'inner' }, value: '5' },
  ]);
  page = 'not metrics at all';
  await expect.poll(async () => (await instant(keeper, 'up'))[0]?.value).toBe('0');
  await expect.poll(() => instant(keeper, 'old')).toEqual([]);
  expect((await keeper.control('GET', '/obs/metric-metadata')).json).toMatchObject({
    jobs_total: [{ type: 'counter', help: 'Done.' }],
  });
  expect((await getJson(`${keeper.endpoints.prometheus}/api/v1/metadata?metric=jobs_total`)).data).toEqual({
    jobs_total: [{ type: 'counter', help: 'Done.', unit: '' }],
  });
  expect((await keeper.control('DELETE', '/obs/scrapes/r-1')).json).toEqual({ removed: true });
});

test('scraped samples survive kill -9', async () => {
  const keeper = await startKeeper();
  const app = createServer((_, response) => response.end('temperature 21.5\n')).listen(0, '127.0.0.1');
  onTestFinished(() => void app.close());
  await new Promise((done) => app.once('listening', done));
  const address = app.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const target = { url: `http://127.0.0.1:${port}/`, intervalMs: 60_000, job: 'web', instance: 'i' };
  await keeper.control('PUT', '/obs/scrapes/r-1', target);
  await expect.poll(async () => (await instant(keeper, 'temperature')).length).toBe(1);
  keeper.process.kill('SIGKILL');
  await keeper.gone;
  const again = await startKeeper(keeper);
  expect((await instant(again, 'temperature'))[0]?.value).toBe('21.5');
});

test('remote write comes in on the Prometheus port', async () => {
  const { compress } = await import('snappyjs');
  const keeper = await startKeeper();
  const series = [{ labels: [{ name: '__name__', value: 'written' }], samples: [{ value: 3, timeMs: Date.now() }] }];
  const body = compress(new Uint8Array(encodeWriteRequest(series)));
  const headers = { 'content-encoding': 'snappy', 'x-prometheus-remote-write-version': '0.1.0' };
  const response = await post(`${keeper.endpoints.prometheus}/api/v1/write`, 'application/x-protobuf', body, headers);
  expect(response.status).toBe(204);
  expect((await instant(keeper, 'written'))[0]?.value).toBe('3');
  const broken = await post(`${keeper.endpoints.prometheus}/api/v1/write`, 'application/x-protobuf', 'x', headers);
  expect(broken.status).toBe(400);
});

test('Loki push comes in masked on the Loki port and survives kill -9', async () => {
  const keeper = await startKeeper();
  const value = [stamp(), 'pushed with password=hunter2', { trace: 'x' }];
  const body = JSON.stringify({ streams: [{ stream: { service_name: 'pushed' }, values: [value] }] });
  const url = `${keeper.endpoints.loki}/loki/api/v1/push`;
  expect((await post(url, 'application/json', body)).status).toBe(204);
  expect((await post(url, 'application/json', '{"streams":[]}')).status).toBe(422);
  keeper.process.kill('SIGKILL');
  await keeper.gone;
  const again = await startKeeper(keeper);
  const query = encodeURIComponent('{service_name="pushed"}');
  const answer = await getJson(`${again.endpoints.loki}/loki/api/v1/query_range?query=${query}`);
  expect(JSON.stringify(answer)).toContain('pushed with password=[masked]');
  expect(await count.logs(again, 'pushed')).toBe(1);
});

test('a log that cannot be written refuses telemetry with the reason; the keeper lives on and says so', async () => {
  const folder = await makeStackFolder();
  const { writeFileSync } = await import('node:fs');
  writeFileSync(`${folder.dir}/wal`, 'a file where the folder should be');
  const keeper = await startKeeper(folder);
  const response = await post(keeper.endpoints.otlpLogs, 'application/json', asJson('logs', 'web'));
  expect([response.status, response.headers.get('retry-after')]).toEqual([503, '1']);
  expect(await response.text()).toContain('the log cannot be written');
  expect((await keeper.control('GET', '/obs/status')).json).toMatchObject({
    state: 'degraded',
    warnings: [expect.stringContaining('cannot be written, so what is sent is refused')],
  });
});

async function instant(keeper: RunningKeeper, query: string): Promise<{ metric: object; value: string }[]> {
  const answer = await getJson(`${keeper.endpoints.prometheus}/api/v1/query?query=${encodeURIComponent(query)}`);
  const { result } = answer.data as { result: { metric: object; value: [number, string] }[] };
  return result.map(({ metric, value }) => ({ metric, value: value[1] }));
}

test('Zipkin spans are taken on the port of OTLP, answered as Zipkin does, and masked', async () => {
  const keeper = await startKeeper();
  const url = `${keeper.endpoints.otlpHttp}/api/v2/spans`;
  const spans = [
    {
      traceId: 'abc123',
      id: 'def4',
      name: 'get /cart',
      timestamp: Date.now() * 1_000,
      duration: 1_500,
      localEndpoint: { serviceName: 'old' },
      tags: { note: 'password=hunter22' },
    },
  ];
  const response = await post(url, 'application/json', JSON.stringify(spans));
  expect([response.status, await response.text()]).toEqual([202, '']);
  expect(await count.traces(keeper, 'old')).toBe(1);
  const trace = JSON.stringify(await getJson(`${keeper.endpoints.tempo}/api/v2/traces/abc123`));
  expect(trace).toContain('password=[masked]');
  expect((await post(url, 'application/json', '[{}]')).status).toBe(400);
  expect((await post(url, 'application/x-protobuf', 'x')).status).toBe(415);
});
