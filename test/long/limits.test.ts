// Every limit of the table, set low in obs.yaml: what is beyond it is refused through the real ways in and APIs, with the
// status of the server that the limit mirrors, and with an error that names the limit and its setting.
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { compress } from 'snappyjs';
import { expect, onTestFinished, test } from 'vitest';
import { parseConfig } from '../../src/config/load.ts';
import { fillBounds, type LimitName, limitNames, limitTable } from '../../src/model/limits.ts';
import { decodeJson, encodeProtobuf, type Signal } from '../../src/wire/otlp/request.ts';
import { encodeWriteRequest } from '../../src/wire/prometheus/remote-write.ts';
import { makeGrpcSender } from '../keeper/grpc-sender.ts';
import { makeStackFolder, type RunningKeeper, startKeeper } from '../keeper/keeper-process.ts';

interface Answer {
  readonly status: number;
  readonly text: string;
}
type Ask = (keeper: RunningKeeper) => Promise<Answer>;

interface Case {
  /** As obs.yaml says it. */
  readonly setting: string;
  /** What is sent first, and must be taken. */
  readonly before?: (keeper: RunningKeeper) => Promise<unknown>;
  /** Ways to go beyond the limit, by name, with the status that each gets. */
  readonly ways: Readonly<Record<string, readonly [status: number, ask: Ask]>>;
}

const stamp = () => String(BigInt(Date.now()) * 1_000_000n);
/** Two minutes ahead. */
const soon = () => String(BigInt(Date.now() + 120_000) * 1_000_000n);
const json = { 'content-type': 'application/json' };
const protobuf = { 'content-type': 'application/x-protobuf' };

async function send(url: string, headers: Record<string, string>, body?: Uint8Array | string): Promise<Answer> {
  const response = await fetch(url, body === undefined ? {} : { method: 'POST', headers, body });
  return { status: response.status, text: Buffer.from(await response.arrayBuffer()).toString('latin1') };
}

type Place = 'loki' | 'prometheus' | 'tempo' | 'otlpHttp';
const otlpPaths: Readonly<Record<Place, Readonly<Partial<Record<Signal, string>>>>> = {
  otlpHttp: { logs: '/v1/logs', metrics: '/v1/metrics', traces: '/v1/traces' },
  loki: { logs: '/otlp/v1/logs' },
  prometheus: { metrics: '/api/v1/otlp/v1/metrics' },
  tempo: { traces: '/v1/traces' },
};
/** An export in JSON and, by the short way, in protobuf. */
const otlp =
  (signal: Signal, make: () => object, { place = 'otlpHttp', as = json }: { place?: Place; as?: object } = {}): Ask =>
  (keeper) => {
    const text = Buffer.from(JSON.stringify(make()));
    const body = as === json ? text : encodeProtobuf(signal, decodeJson(signal, text));
    return send(`${keeper.endpoints[place]}${otlpPaths[place][signal]}`, { ...as }, body);
  };
const grpc =
  (signal: Signal, make: () => object): Ask =>
  (keeper) => {
    const bytes = encodeProtobuf(signal, decodeJson(signal, Buffer.from(JSON.stringify(make()))));
    return makeGrpcSender(
      keeper,
      signal,
    )(bytes).then(
      (answer) => ({ status: 0, text: answer.toString('latin1') }),
      ({ code, details }: { code: number; details: string }) => ({ status: code, text: details }),
    );
  };
/** All ways of OTLP; a part that is refused is a partial success, but where the real server knows none. */
const everyOtlp = (
  signal: Signal,
  make: () => object,
  { place, status }: { place: Place; status: number },
): Case['ways'] => ({
  'OTLP/HTTP JSON': [200, otlp(signal, make)],
  'OTLP/HTTP protobuf': [200, otlp(signal, make, { as: protobuf })],
  'OTLP/gRPC': [0, grpc(signal, make)],
  [`OTLP at the port of ${place}`]: [status, otlp(signal, make, { place, as: protobuf })],
});

const push =
  (make: () => object): Ask =>
  ({ endpoints }) =>
    send(`${endpoints.loki}/loki/api/v1/push`, json, JSON.stringify(make()));
const write =
  (labels: readonly (readonly [string, string])[]): Ask =>
  ({ endpoints }) => {
    const named = labels.map(([name, value]) => ({ name, value }));
    const request = encodeWriteRequest([{ labels: named, samples: [{ value: 1, timeMs: Date.now() }] }]);
    return send(`${endpoints.prometheus}/api/v1/write`, protobuf, compress(new Uint8Array(request)));
  };
const query =
  (place: Place, path: string, parameters: Record<string, string> | (() => Record<string, string>)): Ask =>
  ({ endpoints }) => {
    const given = typeof parameters === 'function' ? parameters() : parameters;
    return send(`${endpoints[place]}${path}?${new URLSearchParams(given)}`, {});
  };
const range = (step: string) => () => {
  const now = Math.floor(Date.now() / 1000);
  return { start: String(now - 3_600), end: String(now), step };
};

const attributes = (of: Record<string, string>) =>
  Object.entries(of).map(([key, stringValue]) => ({ key, value: { stringValue } }));
const logs = (lines: readonly object[], resource: Record<string, string> = { 'service.name': 'a' }) => ({
  resourceLogs: [{ resource: { attributes: attributes(resource) }, scopeLogs: [{ logRecords: lines }] }],
});
const line = (text: string, own: Record<string, string> = {}) => ({
  timeUnixNano: stamp(),
  body: { stringValue: text },
  attributes: attributes(own),
});
const streams = (labels: Record<string, string>, text = 'a line', metadata: Record<string, string> = {}) => ({
  streams: [{ stream: labels, values: [[stamp(), text, metadata]] }],
});
const metrics = (names: readonly string[], own: Record<string, string> = {}) => ({
  resourceMetrics: [
    {
      scopeMetrics: [
        {
          metrics: names.map((name) => ({
            name,
            gauge: { dataPoints: [{ timeUnixNano: stamp(), asDouble: 1, attributes: attributes(own) }] },
          })),
        },
      ],
    },
  ],
});
const hex = (number: number, digits: number) => (number + 1).toString(16).padStart(digits, '0');
const spans = (count: number, { traces = 1, own = {} }: { traces?: number; own?: Record<string, string> } = {}) => ({
  resourceSpans: [
    {
      scopeSpans: [
        {
          spans: Array.from({ length: count }, (_, i) => ({
            traceId: hex(i % traces, 32),
            spanId: hex(i, 16),
            name: 'work',
            startTimeUnixNano: stamp(),
            endTimeUnixNano: stamp(),
            attributes: attributes(own),
          })),
        },
      ],
    },
  ],
});
const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`key${i}`, 'x']));
const large = 'x'.repeat(3_000);

const cases: Readonly<Record<Exclude<LimitName, 'forwardQueue'>, Case>> = {
  body: {
    setting: '2KiB',
    ways: {
      'OTLP/HTTP': [413, otlp('logs', () => logs([line(large)]))],
      'Loki push': [413, push(() => streams({ a: 'b' }, large))],
      'remote write': [
        413,
        ({ endpoints }) => send(`${endpoints.prometheus}/api/v1/write`, protobuf, Buffer.alloc(4_096)),
      ],
      'a query': [
        413,
        ({ endpoints }) =>
          send(
            `${endpoints.prometheus}/api/v1/query`,
            { 'content-type': 'application/x-www-form-urlencoded' },
            `query=${large}`,
          ),
      ],
    },
  },
  decompressedBody: {
    setting: '2KiB',
    ways: {
      'OTLP/HTTP': [
        413,
        async ({ endpoints }) => {
          const { gzipSync } = await import('node:zlib');
          return send(
            endpoints.otlpLogs,
            { ...json, 'content-encoding': 'gzip' },
            gzipSync(JSON.stringify(logs([line(large)]))),
          );
        },
      ],
      'OTLP/gRPC': [8, grpc('logs', () => logs([line(large)]))],
      'Loki push in snappy': [
        413,
        ({ endpoints }) => send(`${endpoints.loki}/loki/api/v1/push`, protobuf, compress(new Uint8Array(5_000))),
      ],
      'remote write': [
        413,
        write([
          ['__name__', 'a'],
          ['b', large],
        ]),
      ],
    },
  },
  heldBodies: { setting: '2KiB', ways: { 'OTLP/HTTP': [503, otlp('logs', () => logs([line(large)]))] } },
  concurrentRequests: {
    setting: '1',
    before: async ({ basePort }) => {
      for (let port = basePort; port < basePort + 5; port++) await beginRequest(port);
    },
    ways: {
      'a query of logs': [429, query('loki', '/loki/api/v1/labels', {})],
      'a query of traces': [429, query('tempo', '/api/search/tags', {})],
      'a query of metrics': [503, query('prometheus', '/api/v1/labels', {})],
      'OTLP/HTTP': [503, otlp('logs', () => logs([line('x')]))],
    },
  },
  lineLength: {
    setting: '1KiB',
    ways: {
      ...everyOtlp('logs', () => logs([line('kept'), line(large)]), { place: 'loki', status: 400 }),
      'Loki push': [400, push(() => streams({ a: 'b' }, large))],
    },
  },
  streamLabels: {
    setting: '2',
    ways: {
      ...everyOtlp(
        'logs',
        () => logs([line('x')], { 'service.name': 'a', 'container.name': 'b', 'cloud.region': 'c' }),
        { place: 'loki', status: 400 },
      ),
      'Loki push': [400, push(() => streams(many(4)))],
    },
  },
  labelName: {
    setting: '1KiB',
    ways: {
      ...everyOtlp('metrics', () => metrics(['kept'], { [large]: 'x' }), { place: 'prometheus', status: 400 }),
      'Loki push': [400, push(() => streams({ [large]: 'b' }))],
      'remote write': [
        400,
        write([
          ['__name__', 'a'],
          [large, 'b'],
        ]),
      ],
    },
  },
  streamLabelValue: {
    setting: '1KiB',
    ways: {
      ...everyOtlp('logs', () => logs([line('x')], { 'service.name': large }), { place: 'loki', status: 400 }),
      'Loki push': [400, push(() => streams({ a: large }))],
    },
  },
  lineMetadata: {
    setting: '20',
    ways: {
      ...everyOtlp('logs', () => logs([line('kept'), line('x', many(30))]), { place: 'loki', status: 400 }),
      'Loki push': [400, push(() => streams({ a: 'b' }, 'x', many(30)))],
    },
  },
  lineMetadataSize: {
    setting: '2KiB',
    ways: {
      ...everyOtlp('logs', () => logs([line('kept'), line('x', { a: large })]), { place: 'loki', status: 400 }),
      'Loki push': [400, push(() => streams({ a: 'b' }, 'x', { a: large }))],
    },
  },
  aheadOfClock: {
    setting: '1m',
    ways: {
      ...everyOtlp('logs', () => logs([line('kept'), { ...line('x'), timeUnixNano: soon() }]), {
        place: 'loki',
        status: 400,
      }),
      'Loki push': [400, push(() => ({ streams: [{ stream: { a: 'b' }, values: [[soon(), 'x']] }] }))],
    },
  },
  streams: {
    setting: '2',
    before: (keeper) => Promise.all(['b', 'c'].map((name) => push(() => streams({ name }))(keeper))),
    ways: {
      ...everyOtlp('logs', () => logs([line('x')]), { place: 'loki', status: 429 }),
      'Loki push': [429, push(() => streams({ name: 'd' }))],
    },
  },
  series: {
    setting: '2',
    before: (keeper) => otlp('metrics', () => metrics(['a', 'b']))(keeper),
    ways: {
      ...everyOtlp('metrics', () => metrics(['a', 'c']), { place: 'prometheus', status: 400 }),
      'remote write': [400, write([['__name__', 'c']])],
    },
  },
  seriesLabels: {
    setting: '10',
    ways: {
      ...everyOtlp('metrics', () => metrics(['a'], many(12)), { place: 'prometheus', status: 400 }),
      'remote write': [400, write([['__name__', 'a'], ...Object.entries(many(12))])],
    },
  },
  seriesLabelValue: {
    setting: '2KiB',
    ways: {
      ...everyOtlp('metrics', () => metrics(['a'], { b: large }), { place: 'prometheus', status: 400 }),
      'remote write': [
        400,
        write([
          ['__name__', 'a'],
          ['b', large],
        ]),
      ],
    },
  },
  page: { setting: '1KiB', ways: { 'a scrape': [0, scrapePage(`# ${large}\na 1\n`)] } },
  pageSamples: { setting: '2', ways: { 'a scrape': [0, scrapePage('a 1\nb 1\nc 1\n')] } },
  spanAttributes: {
    setting: '10',
    ways: everyOtlp('traces', () => spans(2, { own: many(12) }), { place: 'tempo', status: 200 }),
  },
  spansPerTrace: {
    setting: '3',
    ways: everyOtlp('traces', () => spans(5), { place: 'tempo', status: 200 }),
  },
  queryTime: {
    setting: '1ms',
    before: async (keeper) => {
      await otlp('logs', () => logs(Array.from({ length: 10_000 }, (_, i) => line(`{"n":${i},"text":"line ${i}"}`))))(
        keeper,
      );
      await otlp('traces', () => spans(10_000, { traces: 5_000 }))(keeper);
    },
    ways: {
      LogQL: [
        504,
        query('loki', '/loki/api/v1/query', {
          query: 'sum by (n)(count_over_time({service_name="a"} | json | line_format "{{.n}} {{.text}}" [1h]))',
        }),
      ],
      PromQL: [
        503,
        query('prometheus', '/api/v1/query_range', () => ({
          query: 'sum_over_time(vector(1)[10m:1s])',
          ...range('4')(),
        })),
      ],
      TraceQL: [504, query('tempo', '/api/search', { q: '{ name = "work" } | count() > 1000' })],
    },
  },
  querySamples: {
    setting: '1000',
    ways: { PromQL: [422, query('prometheus', '/api/v1/query', { query: 'sum_over_time(vector(1)[1h:1s])' })] },
  },
  queryRows: {
    setting: '10',
    ways: { LogQL: [400, query('loki', '/loki/api/v1/query_range', { query: '{a="b"}', limit: '11' })] },
  },
  queryTraces: {
    setting: '10',
    ways: { TraceQL: [400, query('tempo', '/api/search', { q: '{}', limit: '11' })] },
  },
  querySeries: {
    setting: '3',
    before: (keeper) =>
      push(() => ({ streams: many5().map((stream) => ({ stream, values: [[stamp(), 'x']] })) }))(keeper),
    ways: { LogQL: [400, query('loki', '/loki/api/v1/query', { query: 'count_over_time({a=~".+"}[1h])' })] },
  },
  querySteps: {
    setting: '100',
    ways: {
      LogQL: [400, query('loki', '/loki/api/v1/query_range', () => ({ query: 'rate({a="b"}[1m])', ...range('1')() }))],
      PromQL: [400, query('prometheus', '/api/v1/query_range', () => ({ query: 'up', ...range('1')() }))],
      TraceQL: [400, query('tempo', '/api/metrics/query_range', () => ({ q: '{} | rate()', ...range('1s')() }))],
    },
  },
  tails: {
    setting: '1',
    before: async ({ basePort }) => upgrade(basePort),
    ways: { 'a tail': [400, ({ basePort }) => upgrade(basePort)] },
  },
};

function many5(): Record<string, string>[] {
  return Array.from({ length: 5 }, (_, i) => ({ a: String(i) }));
}

/** A request whose body never ends. */
function beginRequest(port: number): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  socket.on('error', () => undefined);
  const head = 'GET /obs/identity HTTP/1.1\r\nhost: 127.0.0.1\r\nexpect: 100-continue\r\ncontent-length: 100\r\n\r\n';
  return new Promise((resolve) => {
    socket.once('data', () => resolve()); // the keeper waits for the body
    socket.write(head);
  });
}

/** Asks for a tail; the answer is the head that comes back. */
function upgrade(port: number): Promise<Answer> {
  const socket = connect(port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  const lines = [
    `GET /loki/api/v1/tail?query=${encodeURIComponent('{a="b"}')} HTTP/1.1`,
    'host: 127.0.0.1',
    'connection: Upgrade',
    'upgrade: websocket',
    'sec-websocket-version: 13',
    `sec-websocket-key: ${Buffer.alloc(16).toString('base64')}`,
  ];
  return new Promise((resolve) => {
    socket.once('data', (text) => resolve({ status: Number(String(text).split(' ')[1]), text: String(text) }));
    socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  });
}

/** What is noted of a page that is too large: a scrape is answered to nobody. */
function scrapePage(page: string): Ask {
  return (keeper) => readTrouble(keeper, page);
}

async function readTrouble(keeper: RunningKeeper, page: string): Promise<Answer> {
  const server = createServer((_, response) => response.end(page)).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as { port: number };
  const target = { url: `http://127.0.0.1:${port}/metrics`, intervalMs: 10_000, job: 'web', instance: 'web:1' };
  await keeper.control('PUT', '/obs/scrapes/r-1', target);
  for (;;) {
    const { json: arrivals } = await keeper.control('GET', '/obs/arrivals');
    const [refusal] = (arrivals as { refusals: { status: number; reason: string }[] }).refusals;
    if (refusal !== undefined) return { status: refusal.status, text: refusal.reason };
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Kept before real servers only: src/keeper/forward/lane.test.ts. */
const casesElsewhere: readonly LimitName[] = ['forwardQueue'];

test('every limit has a case', () => {
  expect([...Object.keys(cases), ...casesElsewhere].sort()).toEqual([...limitNames].sort());
});

test.each(Object.entries(cases) as [LimitName, Case][])(
  '%s is kept by every way',
  async (limit, { setting, before, ways }) => {
    const { config } = parseConfig(`limits:\n  ${limit}: ${setting}\n`, 'obs.yaml');
    const { memory: memoryBytes, retention: retentionMs } = config.limits;
    const keeper = await startKeeper(
      await makeStackFolder({ limits: { memoryBytes, retentionMs, bounds: fillBounds(config.limits) } }),
    );
    await before?.(keeper);
    for (const [way, [status, ask]] of Object.entries(ways)) {
      const answer = await ask(keeper);
      expect([way, answer.status], answer.text).toEqual([way, status]);
      expect(answer.text, way).toContain(`limit: ${limitTable[limit].name}, `);
      expect(answer.text, way).toContain(`; limits.${limit} in obs.yaml`);
    }
  },
);

test('what is within the limits is taken although something beyond them came along', async () => {
  const { config } = parseConfig('limits:\n  lineLength: 1KiB\n', 'obs.yaml');
  const folder = await makeStackFolder({
    limits: { memoryBytes: 1e8, retentionMs: 1e9, bounds: fillBounds(config.limits) },
  });
  const first = await startKeeper(folder);
  await otlp('logs', () => logs([line('kept'), line(large)]), { as: protobuf })(first);
  const readLines = async ({ endpoints }: RunningKeeper) => {
    const found = await send(
      `${endpoints.loki}/loki/api/v1/query_range?query=${encodeURIComponent('{service_name="a"}')}`,
      {},
    );
    return (JSON.parse(found.text).data.result as { values: [string, string][] }[]).flatMap(({ values }) =>
      values.map(([, text]) => text),
    );
  };
  expect(await readLines(first)).toEqual(['kept']);
  first.process.kill('SIGKILL');
  await first.gone;
  expect(await readLines(await startKeeper(folder))).toEqual(['kept']);
});
