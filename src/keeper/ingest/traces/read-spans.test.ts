// The short way of spans against the long one: for the same body both leave the same traces, or the short one stands
// back; and nothing of an export is there before it is committed.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { epochNs, traceIdOf } from '../../../../test/traceql/trace-text.ts';
import { decodeJson, decodeProtobuf, encodeProtobuf } from '../../../wire/otlp/request.ts';
import type { AnyValue, KeyValue, Span, TracesRequest } from '../../../wire/otlp/types.ts';
import { makeMasker } from '../../mask/mask-request.ts';
import { TraceStore } from '../../store/traces/trace-store.ts';
import { makeSpanReader } from './make-span-reader.ts';

const masker = makeMasker();
const makeStore = () => new TraceStore((parts) => makeSpanReader({ ...parts, masker }));

const plain: Span = {
  traceId: traceIdOf(1),
  spanId: '00000000000000aa',
  traceState: '',
  parentSpanId: '',
  flags: 257,
  name: 'GET /',
  kind: 2,
  startTimeUnixNano: epochNs,
  endTimeUnixNano: epochNs + 1_000_001n,
  attributes: [],
  droppedAttributesCount: 0,
  events: [],
  droppedEventsCount: 0,
  links: [],
  droppedLinksCount: 0,
  status: { code: 0, message: '' },
};

function requestOf(spans: readonly Span[], resource: readonly KeyValue[] = []): TracesRequest {
  const scope = { name: 'lib', version: '1', attributes: [], droppedAttributesCount: 0 };
  return [
    {
      resource: { attributes: resource, droppedAttributesCount: 0 },
      schemaUrl: '',
      scopes: [{ scope, schemaUrl: '', items: spans }],
    },
  ];
}

function readBack(store: TraceStore, request: TracesRequest): unknown {
  const ids = new Set(request.flatMap((group) => group.scopes.flatMap((scope) => scope.items.map((s) => s.traceId))));
  return [...ids].map((id) => store.readTrace(id));
}

function storeDirectly(body: Buffer): TraceStore | undefined {
  const store = makeStore();
  const direct = store.readDirect(body);
  direct?.commit();
  return direct && store;
}

function storeDecoded(request: TracesRequest): TraceStore {
  const store = makeStore();
  store.ingest(request);
  return store;
}

const recorded = (
  JSON.parse(readFileSync(join(import.meta.dirname, '../../../../test/conformance/data/traces.json'), 'utf8')) as {
    requests: { body: object }[];
  }
).requests.map(({ body }) => decodeJson('traces', Buffer.from(JSON.stringify(body))));

test('recorded exports come out as by the long way', () => {
  for (const request of recorded) {
    const body = encodeProtobuf('traces', request);
    const store = storeDirectly(body);
    expect(store).toBeDefined();
    if (store) expect(readBack(store, request)).toEqual(readBack(storeDecoded(request), request));
  }
});

const text = (value: string): AnyValue => ({ kind: 'string', value });
const withAttributes = (...attributes: KeyValue[]): Span => ({ ...plain, attributes });

const taken: Record<string, Span> = {
  'of nothing but ids': { ...plain, name: '', kind: 0, startTimeUnixNano: 0n, endTimeUnixNano: 0n, flags: 0 },
  'that ends before it starts': { ...plain, endTimeUnixNano: epochNs - 1n },
  'of the largest times': { ...plain, startTimeUnixNano: 2n ** 64n - 2n, endTimeUnixNano: 2n ** 64n - 1n },
  'of centuries': { ...plain, startTimeUnixNano: 1n, endTimeUnixNano: 2n ** 63n },
  'with a parent': { ...plain, parentSpanId: 'ff00000000000001' },
  'with text beyond ASCII': withAttributes({ key: 'größe', value: text('日本 🎉') }),
  'with the same text twice': withAttributes({ key: 'a', value: text('same') }, { key: 'b', value: text('same') }),
  'with a long text': withAttributes({ key: 'sql', value: text(`select ${'x'.repeat(1500)}`) }),
  'with a text to be cut': withAttributes({ key: 'k'.repeat(3000), value: text('ä'.repeat(2000)) }),
  'with values of all types': withAttributes(
    { key: 'int', value: { kind: 'int', value: -5 } },
    { key: 'big', value: { kind: 'int', value: -(2n ** 62n) } },
    { key: 'double', value: { kind: 'double', value: 1.5 } },
    { key: 'minus zero', value: { kind: 'double', value: -0 } },
    { key: 'NaN', value: { kind: 'double', value: Number.NaN } },
    { key: 'yes', value: { kind: 'bool', value: true } },
    { key: 'no', value: { kind: 'bool', value: false } },
    { key: 'none', value: { kind: 'empty' } },
    { key: 'bytes', value: { kind: 'bytes', value: Uint8Array.of(1, 2) } },
    { key: 'list', value: { kind: 'array', value: [text('x'), { kind: 'int', value: 1 }] } },
    { key: 'map', value: { kind: 'kvlist', value: [{ key: 'k', value: text('v') }] } },
  ),
  'with a number under a secret name': withAttributes({ key: 'usage.token', value: { kind: 'int', value: 5 } }),
  'with all that is rare': {
    ...plain,
    traceState: 'vendor=1',
    droppedAttributesCount: 1,
    droppedEventsCount: 2,
    droppedLinksCount: 3,
    events: [
      {
        timeUnixNano: epochNs + 5n,
        name: 'e',
        attributes: [{ key: 'k', value: text('v') }],
        droppedAttributesCount: 4,
      },
    ],
    links: [
      {
        traceId: traceIdOf(2),
        spanId: '00000000000000cc',
        traceState: 'a=b',
        attributes: [],
        droppedAttributesCount: 5,
        flags: 1,
      },
    ],
    status: { code: 2, message: 'broken' },
  },
};

describe('a span is taken the short way', () => {
  it.each(Object.entries(taken))('%s', (_, span) => {
    const request = requestOf([span], [{ key: 'service.name', value: text('s') }]);
    const store = storeDirectly(encodeProtobuf('traces', request));
    expect(store).toBeDefined();
    if (store) expect(readBack(store, request)).toEqual(readBack(storeDecoded(request), request));
  });
});

const left: Record<string, TracesRequest> = {
  'nothing at all': [],
  'no span': requestOf([]),
  'a short trace id': requestOf([plain, { ...plain, traceId: '' }]),
  'no span id': requestOf([plain, { ...plain, spanId: '' }]),
  'a kind of no meaning': requestOf([{ ...plain, kind: 300 }]),
  'a secret by its name': requestOf([withAttributes({ key: 'password', value: text('x') })]),
  'a secret by its look': requestOf([withAttributes({ key: 'note', value: text('password=hunter2') })]),
  'a long secret': requestOf([withAttributes({ key: 'note', value: text(`${' '.repeat(900)}password=hunter2`) })]),
  'a secret in a list': requestOf([
    withAttributes({ key: 'l', value: { kind: 'array', value: [text('pwd=hunter2')] } }),
  ]),
  'a secret in a name': requestOf([{ ...plain, name: 'password=hunter2' }]),
  'a secret in a status': requestOf([{ ...plain, status: { code: 2, message: 'password=hunter2' } }]),
  'a secret in an event': requestOf([
    { ...plain, events: [{ timeUnixNano: 0n, name: 'pwd=hunter2', attributes: [], droppedAttributesCount: 0 }] },
  ]),
  'a secret in a resource': requestOf([plain], [{ key: 'password', value: text('hunter2') }]),
};

describe('an export is left to the long way that has', () => {
  it.each(Object.entries(left))('%s', (_, request) => {
    const store = makeStore();
    expect(store.readDirect(encodeProtobuf('traces', request))).toBeUndefined();
    expect(store.usage().records).toBe(0);
  });

  it('an end that is cut off', () => {
    const body = encodeProtobuf('traces', requestOf([plain]));
    for (let end = 1; end < body.length; end++) {
      const cut = body.subarray(0, end);
      expect(makeStore().readDirect(cut)?.commit()).toBeUndefined();
      expect(() => decodeProtobuf('traces', cut)).toThrow();
    }
  });
});

test('a secret is noticed however often harmless texts came before', () => {
  const store = makeStore();
  for (let i = 0; i < 50_000; i += 1000) {
    const spans = Array.from({ length: 1000 }, (_, k) =>
      withAttributes({ key: `k${i + k}`, value: text(`v${i + k}`) }),
    );
    expect(store.readDirect(encodeProtobuf('traces', requestOf(spans)))).toBeDefined();
  }
  const secret = requestOf([withAttributes({ key: 'k1', value: text('api_key=A1b2C3d4E5') })]);
  expect(store.readDirect(encodeProtobuf('traces', secret))).toBeUndefined();
});

test('nothing is there before the commit, and sources are counted by resource', () => {
  const store = makeStore();
  const request = requestOf(
    [plain, { ...plain, spanId: '00000000000000ab' }],
    [
      { key: 'service.name', value: text('web') },
      { key: 'obs.run.id', value: text('r-1') },
    ],
  );
  const direct = store.readDirect(encodeProtobuf('traces', request));
  expect(store.usage().records).toBe(0);
  expect(direct?.sources).toEqual([{ service: 'web', runId: 'r-1', records: 2 }]);
  expect(direct?.commit()).toEqual({ accepted: 2, rejected: 0 });
  expect(store.usage().records).toBe(2);
});

test('numbers stay right after the store was rebuilt', () => {
  const store = makeStore();
  const body = (name: string) =>
    encodeProtobuf('traces', requestOf([{ ...plain, name, traceId: traceIdOf(name.length) }]));
  store.readDirect(body('a'))?.commit();
  store.prune({ beforeNs: epochNs * 2n, maxBytes: Number.MAX_SAFE_INTEGER });
  store.readDirect(body('bb'))?.commit();
  store.readDirect(body('a'))?.commit();
  const names = [1, 2].map((n) => store.readTrace(traceIdOf(n))?.[0]?.scopes[0]?.items[0]?.name);
  expect(names).toEqual(['a', 'bb']);
});
