// Requests that the real servers refuse, or take in part: wrong, cut off, too late, too early, twice. The same list is sent to
// the genuine servers (whose answers are test/keeper/goldens/refused-requests.json) and to the keeper.
import { gzipSync } from 'node:zlib';
import { compress } from 'snappyjs';
import { encodeWriteRequest, type WrittenSeries } from '../../src/wire/prometheus/remote-write.ts';

export interface RefusedRequest {
  readonly server: 'loki' | 'prometheus' | 'tempo';
  readonly name: string;
  readonly path: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

const json = { 'content-type': 'application/json' };
const protobuf = { 'content-type': 'application/x-protobuf' };
const otlpPaths = {
  loki: '/otlp/v1/logs',
  prometheus: '/api/v1/otlp/v1/metrics',
  tempo: '/v1/traces',
} as const;
const empty = {
  loki: '{"resourceLogs":[]}',
  prometheus: '{"resourceMetrics":[]}',
  tempo: '{"resourceSpans":[]}',
} as const;
const hourMs = 3_600_000;

/** All of them; times are around `nowMs`. */
export function listRefusedRequests(nowMs: number): RefusedRequest[] {
  return [
    ...(['loki', 'prometheus', 'tempo'] as const).flatMap(otlpRequests),
    ...spans(nowMs),
    ...pushes(nowMs),
    ...writes(nowMs),
    ...namesOfSigns(nowMs),
    ...metricsRefusedTwice(nowMs),
  ];
}

function otlpRequests(server: 'loki' | 'prometheus' | 'tempo'): RefusedRequest[] {
  const at = { server, path: otlpPaths[server] };
  const gzip = { 'content-encoding': 'gzip' };
  return [
    { ...at, name: 'OTLP as plain text', headers: { 'content-type': 'text/plain' }, body: empty[server] },
    { ...at, name: 'OTLP without content type', headers: { 'content-type': '' }, body: empty[server] },
    { ...at, name: 'OTLP JSON that is none', headers: json, body: '{' },
    { ...at, name: 'OTLP JSON of a wrong shape', headers: json, body: empty[server].replace('[]', '{}') },
    { ...at, name: 'OTLP protobuf that is none', headers: protobuf, body: Buffer.from('ffff', 'hex') },
    { ...at, name: 'OTLP protobuf that is cut off', headers: protobuf, body: Buffer.from('0a10', 'hex') },
    { ...at, name: 'OTLP gzip that is none', headers: { ...protobuf, ...gzip }, body: 'no gzip' },
    {
      ...at,
      name: 'OTLP gzip that is cut off',
      headers: { ...json, ...gzip },
      body: gzipSync(empty[server]).subarray(0, 15),
    },
    { ...at, name: 'OTLP JSON without records', headers: json, body: empty[server] },
    { ...at, name: 'OTLP protobuf without a byte', headers: protobuf, body: '' },
    { ...at, name: 'OTLP JSON in gzip', headers: { ...json, ...gzip }, body: gzipSync(empty[server]) },
  ];
}

function spans(nowMs: number): RefusedRequest[] {
  const at = { server: 'tempo', path: otlpPaths.tempo, headers: json } as const;
  const time = `${nowMs}000000`;
  const good = {
    traceId: '0a'.repeat(16),
    spanId: '0b'.repeat(8),
    name: 'a',
    startTimeUnixNano: time,
    endTimeUnixNano: time,
  };
  const send = (name: string, ...changed: object[]): RefusedRequest => ({
    ...at,
    name,
    body: JSON.stringify({
      resourceSpans: [{ scopeSpans: [{ spans: changed.map((change) => ({ ...good, ...change })) }] }],
    }),
  });
  return [
    send('a good span', {}),
    send('a span without trace id', { traceId: '' }),
    send('a span with a short trace id', { traceId: '0a0a' }),
    send('a span whose trace id is zero', { traceId: '0'.repeat(32) }),
    send('a span without id', { spanId: '' }),
    send('a span with a short id', { spanId: '0b0b' }),
    send('a span whose id is zero', { spanId: '0'.repeat(16) }),
    send('a good span and one without id', {}, { spanId: undefined }),
    send('a span whose parent has a short id', { parentSpanId: '0c' }),
    send('a span whose parent is zero', { parentSpanId: '0'.repeat(16) }),
    send('a span without times', { startTimeUnixNano: undefined, endTimeUnixNano: undefined }),
    send('a span that ends before it starts', { endTimeUnixNano: '1' }),
    send('a span of an unknown kind', { kind: 99 }),
    send('a span whose kind is a name', { kind: 'SPAN_KIND_SERVER' }),
    send('a span whose time is a number', { startTimeUnixNano: nowMs * 1e6 }),
    send('a span whose name is a number', { name: 5 }),
    send('a span with a field that nobody knows', { colour: 'red' }),
  ];
}

function pushes(nowMs: number): RefusedRequest[] {
  const at = { server: 'loki', path: '/loki/api/v1/push' } as const;
  const push = (name: string, body: object | string, headers: Record<string, string> = json): RefusedRequest => ({
    ...at,
    name,
    headers,
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  const ns = (ms: number) => `${ms}000000`;
  const line = (labels: object, ...values: unknown[][]) => ({ streams: [{ stream: labels, values }] });
  return [
    push('a good push', line({ a: 'b' }, [ns(nowMs), 'x'])),
    push('the same push again', line({ a: 'b' }, [ns(nowMs), 'x'])),
    push('a push without streams', {}),
    push('a push without lines', line({ a: 'b' })),
    push('a push without labels', line({}, [ns(nowMs), 'x'])),
    push('a push whose label has a dot', line({ 'a.b': 'c' }, [ns(nowMs), 'x'])),
    push('a push whose label begins with a digit', line({ '9a': 'c' }, [ns(nowMs), 'x'])),
    push('a push whose label value is a number', line({ a: 1 }, [ns(nowMs), 'x'])),
    push('a push far in the future', line({ a: 'b' }, [ns(nowMs + 2 * hourMs), 'x'])),
    push('a push of the last year', line({ a: 'b' }, [ns(nowMs - 400 * 24 * hourMs), 'x'])),
    push('a push two hours late', line({ a: 'b' }, [ns(nowMs - 2 * hourMs), 'x'])),
    push('a push whose time is no number', line({ a: 'b' }, ['now', 'x'])),
    push('a push whose line is a number', line({ a: 'b' }, [ns(nowMs), 5])),
    push('a push whose metadata is nested', line({ a: 'b' }, [ns(nowMs), 'x', { a: { b: 'c' } }])),
    push('a push that is no JSON', '{'),
    push('a push that is no snappy', 'x', protobuf),
    { ...at, name: 'a push that is no protobuf', headers: protobuf, body: compress(new Uint8Array([255, 255])) },
    push('a push as plain text', 'x', { 'content-type': 'text/plain' }),
    push('a push that is no gzip', 'x', { ...json, 'content-encoding': 'gzip' }),
    push('a push in an unknown encoding', 'x', { ...json, 'content-encoding': 'br' }),
  ];
}

/** Names of which nothing is left when they become labels. */
function namesOfSigns(nowMs: number): RefusedRequest[] {
  const at = { server: 'loki', headers: json } as const;
  const time = `${nowMs}000000`;
  const record = (key: string) => ({
    resourceLogs: [
      {
        scopeLogs: [
          {
            logRecords: [
              { timeUnixNano: time, body: { stringValue: 'x' }, attributes: [{ key, value: { stringValue: 'v' } }] },
            ],
          },
        ],
      },
    ],
  });
  const push = (key: string) => ({ streams: [{ stream: { a: 'b' }, values: [[time, 'x', { [key]: 'v' }]] }] });
  const asks = [
    { of: 'a record whose attribute', path: otlpPaths.loki, make: record },
    { of: 'a push whose metadata', path: '/loki/api/v1/push', make: push },
  ];
  return asks.flatMap(({ of, path, make }) => [
    { ...at, path, name: `${of} has a name of signs only`, body: JSON.stringify(make('...')) },
    { ...at, path, name: `${of} has no name`, body: JSON.stringify(make('')) },
  ]);
}

/** Exports that are refused for two reasons, which alone would get two statuses. */
function metricsRefusedTwice(nowMs: number): RefusedRequest[] {
  const at = { server: 'prometheus', path: otlpPaths.prometheus, headers: json } as const;
  const gauge = (ms: number) => ({
    name: 'twice',
    gauge: { dataPoints: [{ timeUnixNano: `${ms}000000`, asDouble: 1 }] },
  });
  const late = gauge(nowMs - 40 * 24 * hourMs);
  const delta = {
    name: 'delta',
    sum: { aggregationTemporality: 1, dataPoints: [{ timeUnixNano: `${nowMs}000000`, asDouble: 1 }] },
  };
  const coarse = {
    name: 'coarse',
    exponentialHistogram: {
      aggregationTemporality: 2,
      dataPoints: [
        { timeUnixNano: `${nowMs}000000`, scale: -9, count: '1', sum: 1, positive: { offset: 0, bucketCounts: ['1'] } },
      ],
    },
  };
  const send = (name: string, ...metrics: object[]): RefusedRequest => ({
    ...at,
    name,
    body: JSON.stringify({ resourceMetrics: [{ scopeMetrics: [{ metrics }] }] }),
  });
  return [
    send('a good metric', gauge(nowMs)),
    send('a metric that is far too late', late),
    send('a histogram that is too coarse', coarse),
    send('a metric that is too late and one of deltas', late, delta),
    send('a metric of deltas and one that is too late', delta, late),
    send('a histogram that is too coarse and a metric that is too late', coarse, late),
    send('a metric that is too late and a histogram that is too coarse', late, coarse),
    send('a good metric and a histogram that is too coarse', gauge(nowMs + 1), coarse),
  ];
}

function writes(nowMs: number): RefusedRequest[] {
  const at = { server: 'prometheus', path: '/api/v1/write' } as const;
  const headers = {
    ...protobuf,
    'content-encoding': 'snappy',
    'x-prometheus-remote-write-version': '0.1.0',
  };
  const write = (
    name: string,
    series: readonly WrittenSeries[],
    more: Record<string, string> = {},
  ): RefusedRequest => ({
    ...at,
    name,
    headers: { ...headers, ...more },
    body: compress(new Uint8Array(encodeWriteRequest(series))),
  });
  const one = (metric: string, timeMs: number, value = 1, more: Record<string, string> = {}): WrittenSeries => ({
    labels: Object.entries({ __name__: metric, ...more }).map(([name, text]) => ({ name, value: text })),
    samples: [{ value, timeMs }],
  });
  return [
    write('a good write', [one('w', nowMs)]),
    write('the same write again', [one('w', nowMs)]),
    write('another value at the same time', [one('w', nowMs, 2)]),
    write('a write five minutes late', [one('w', nowMs - 5 * 60_000)]),
    write('a write of the last year', [one('w', nowMs - 400 * 24 * hourMs)]),
    write('a good and a bad sample', [one('v', nowMs), one('w', nowMs, 3)]),
    write('a write without a name', [{ labels: [{ name: 'a', value: 'b' }], samples: [{ value: 1, timeMs: nowMs }] }]),
    write('a write without labels', [{ labels: [], samples: [{ value: 1, timeMs: nowMs }] }]),
    write('a write with a label twice', [
      {
        labels: [
          { name: '__name__', value: 'd' },
          { name: 'a', value: '1' },
          { name: 'a', value: '2' },
        ],
        samples: [{ value: 1, timeMs: nowMs }],
      },
    ]),
    write('a write of nothing', []),
    { ...at, name: 'a write that is no snappy', headers, body: 'x' },
    { ...at, name: 'a write that is no protobuf', headers, body: compress(new Uint8Array([255, 255])) },
    write('a write as JSON', [one('w', nowMs + 1)], { 'content-type': 'application/json' }),
    write('a write of an unknown message', [one('w', nowMs + 2)], {
      'content-type': 'application/x-protobuf;proto=no.such.Message',
    }),
    write('a write in gzip', [one('w', nowMs + 3)], { 'content-encoding': 'gzip' }),
    { ...at, name: 'a write that is a GET', method: 'GET', headers: {} },
  ];
}
