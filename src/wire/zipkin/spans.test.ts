// Zipkin's spans as OTLP.
import { expect, test } from 'vitest';
import { decodeZipkinSpans, MalformedZipkin } from './spans.ts';

const decode = (json: unknown) => decodeZipkinSpans(Buffer.from(JSON.stringify(json)));

test('a span of the documentation keeps its ids, times, kind, tags, annotations and endpoints', () => {
  const [group] = decode([
    {
      id: '352bff9a74ca9ad2',
      traceId: '5af7183fb1d4cf5f',
      parentId: '6b221d5bc9e6496c',
      name: 'get /api',
      timestamp: 1_556_604_172_355_737,
      duration: 1431,
      kind: 'SERVER',
      localEndpoint: { serviceName: 'backend', ipv4: '192.168.99.1', port: 3306 },
      remoteEndpoint: { ipv4: '172.19.0.2', port: 58_648 },
      annotations: [{ timestamp: 1_556_604_172_355_800, value: 'wr' }],
      tags: { 'http.method': 'GET', 'http.path': '/api' },
    },
  ]);
  expect(group?.resource.attributes).toEqual([{ key: 'service.name', value: { kind: 'string', value: 'backend' } }]);
  expect(group?.scopes[0]?.items[0]).toMatchObject({
    traceId: '00000000000000005af7183fb1d4cf5f',
    spanId: '352bff9a74ca9ad2',
    parentSpanId: '6b221d5bc9e6496c',
    name: 'get /api',
    kind: 2,
    startTimeUnixNano: 1_556_604_172_355_737_000n,
    endTimeUnixNano: 1_556_604_172_357_168_000n,
    attributes: [
      { key: 'http.method', value: { value: 'GET' } },
      { key: 'http.path', value: { value: '/api' } },
      { key: 'net.peer.ip', value: { value: '172.19.0.2' } },
      { key: 'net.peer.port', value: { value: '58648' } },
    ],
    events: [{ name: 'wr', timeUnixNano: 1_556_604_172_355_800_000n }],
    status: { code: 0, message: '' },
  });
});

const span = { traceId: 'a', id: 'b' };

test.each([
  [{ error: 'timeout' }, { code: 2, message: 'timeout' }],
  [{ error: 'true' }, { code: 2, message: '' }],
  [{ 'otel.status_code': 'OK' }, { code: 1, message: '' }],
  [
    { 'otel.status_code': 'ERROR', 'otel.status_description': 'gone' },
    { code: 2, message: 'gone' },
  ],
])('the tags %o are a status', (tags, status) => {
  const read = decode([{ ...span, tags }])[0]?.scopes[0]?.items[0];
  expect([read?.status, read?.attributes]).toEqual([status, []]);
});

test('spans of several services are of several resources', () => {
  const groups = decode(
    ['web', 'db', 'web', undefined].map((serviceName) => ({ ...span, localEndpoint: { serviceName } })),
  );
  const counts = groups.map(({ resource, scopes }) => [resource.attributes[0]?.value, scopes[0]?.items.length]);
  expect(counts).toMatchObject([
    [{ value: 'web' }, 2],
    [{ value: 'db' }, 1],
    [{ value: 'unknown_service' }, 1],
  ]);
});

test.each([['no list'], [[1]], [[{ id: 'b' }]], [[{ ...span, traceId: 'x' }]], [[{ ...span, id: '1'.repeat(17) }]]])(
  '%j is refused',
  (json) => {
    expect(() => decode(json)).toThrow(MalformedZipkin);
  },
);

test.each([
  [{ timestamp: 'soon' }],
  [{ timestamp: 1e300 }],
  [{ duration: -1 }],
  [{ tags: 7, annotations: 'x', kind: {} }],
])('nonsense in %j counts as not there', (strange) => {
  const read = decode([{ ...span, ...strange }])[0]?.scopes[0]?.items[0];
  expect(read).toMatchObject({ startTimeUnixNano: 0n, endTimeUnixNano: 0n, kind: 0, attributes: [], events: [] });
});
