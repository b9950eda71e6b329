// A trace of which long runs are read back from the log says the same as one written from columns alone, whatever was odd
// about the exports it came in.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Random, readSeed } from '../../../../test/fuzz/random.ts';
import { epochNs, traceIdOf } from '../../../../test/traceql/trace-text.ts';
import { fillBounds } from '../../../model/limits.ts';
import { decodeProtobuf, encodeProtobuf } from '../../../wire/otlp/request.ts';
import type { AnyValue, Span, TracesRequest } from '../../../wire/otlp/types.ts';
import { makeSpanReader } from '../../ingest/traces/make-span-reader.ts';
import { makeMasker } from '../../mask/mask-request.ts';
import { TraceStore } from '../../store/traces/trace-store.ts';
import { SegmentLog } from '../../wal/segment-log.ts';
import { SpareRoom } from './spare-room.ts';
import { writeTrace } from './trace-body.ts';
import { filterTrace, readTraceFilter } from './trace-filter.ts';
import { writeTraceProtobuf } from './trace-protobuf.ts';

const seed = readSeed();
const masker = makeMasker();
const spare = new SpareRoom();
const trace = traceIdOf(1);
let folder: string;
let log: SegmentLog;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'obs-trace-'));
  log = openLog();
});
afterEach(() => {
  log.close();
  rmSync(folder, { recursive: true, force: true });
});

const openLog = () =>
  new SegmentLog({ folder, name: 'traces', segmentBytes: 1024 * 1024, maxBytes: 1e9, retentionMs: 1e12 });
const makeStore = () => new TraceStore((parts) => makeSpanReader({ ...parts, masker }), fillBounds());

const text = (value: string): AnyValue => ({ kind: 'string', value });

function makeSpan(i: number, over: Partial<Span> = {}): Span {
  return {
    traceId: trace,
    spanId: (i + 1).toString(16).padStart(16, '0'),
    traceState: '',
    parentSpanId: i === 0 ? '' : '0000000000000001',
    flags: i % 3 === 0 ? 257 : 0,
    name: `GET /${i % 7}`,
    kind: i % 6,
    startTimeUnixNano: epochNs + BigInt(i),
    endTimeUnixNano: epochNs + BigInt(i) * 5n,
    attributes: [
      { key: 'user', value: text(`u-${i}`) },
      { key: 'rows', value: { kind: 'int', value: i - 50 } },
      { key: 'total', value: { kind: 'double', value: i / 3 } },
      { key: 'isCached', value: { kind: 'bool', value: i % 2 === 0 } },
    ],
    droppedAttributesCount: 0,
    events: [],
    droppedEventsCount: 0,
    links: [],
    droppedLinksCount: 0,
    status: { code: i % 3, message: i % 3 === 2 ? 'failed' : '' },
    ...over,
  };
}

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);

function requestOf(...groups: readonly (readonly Span[])[]): TracesRequest {
  const scope = { name: 'lib', version: '1', attributes: [], droppedAttributesCount: 0 };
  return groups.map((items, i) => ({
    resource: {
      attributes: [{ key: 'service.name', value: text(`shop-${i}`) }],
      droppedAttributesCount: 0,
    },
    schemaUrl: '',
    scopes: [{ scope, schemaUrl: '', items }],
  }));
}

/** Stores bodies twice, with and without a log. */
function takeAll(bodies: readonly Buffer[]) {
  const logged = makeStore();
  const plain = makeStore();
  for (const payload of bodies) {
    const direct = logged.readDirect(payload);
    const taken = direct?.commit(log.append({ kind: 1, receivedNs: 1n, payload }));
    if (taken === undefined) logged.ingest(decodeProtobuf('traces', payload));
    if (plain.readDirect(payload)?.commit() === undefined) plain.ingest(decodeProtobuf('traces', payload));
  }
  return { logged, plain };
}

/** How many spans are read back from the log. */
function spansFromLog(store: TraceStore): number {
  const open = openTrace(store);
  const rows = open.groups.flatMap(({ scopes }) => scopes.flatMap((scope) => scope.rows));
  return rows.reduce((sum, row) => sum + (open.runEndingWith(row)?.spans ?? 0), 0);
}

function openTrace(store: TraceStore) {
  const open = store.openTrace(trace);
  if (!open) throw new Error('the trace is not there');
  return open;
}

const written = (store: TraceStore) => Buffer.from(writeTraceProtobuf(openTrace(store), { isWrapped: false, spare }));
const printed = (store: TraceStore) =>
  writeTrace(openTrace(store), { head: '{"batches":', tail: '}', spare }).toString();
const decoded = (store: TraceStore) => decodeProtobuf('traces', written(store));

function expectSame(logged: TraceStore, plain: TraceStore): void {
  expect(written(logged)).toEqual(written(plain));
  const text = printed(logged);
  expect(text).toBe(printed(plain));
  JSON.parse(text);
}

test('long runs are the bytes that came, all else is written from columns', () => {
  const bodies = [
    encodeProtobuf(
      'traces',
      requestOf(
        range(0, 200).map((i) => makeSpan(i)),
        range(200, 210).map((i) => makeSpan(i)),
      ),
    ),
    encodeProtobuf('traces', requestOf(range(300, 400).map((i) => makeSpan(i)))),
  ];
  const { logged, plain } = takeAll(bodies);
  expect(spansFromLog(logged)).toBe(300);
  expectSame(logged, plain);
});

const odd: Record<string, Partial<Span>> = {
  'a text to be cut': { attributes: [{ key: 'sql', value: text('x'.repeat(3000)) }] },
  'a key to be cut': { attributes: [{ key: 'k'.repeat(3000), value: text('') }] },
  'a list': { attributes: [{ key: 'list', value: { kind: 'array', value: [text('x')] } }] },
  'a number under a secret name': { attributes: [{ key: 'usage.token', value: { kind: 'int', value: 5 } }] },
  'what was dropped': { droppedAttributesCount: 3 },
  'an event': {
    events: [{ name: 'e', timeUnixNano: epochNs, attributes: [], droppedAttributesCount: 0 }],
  },
  'another trace': { traceId: traceIdOf(2) },
  'the id of another': { spanId: '0000000000000002', kind: 1 },
};

test.each(Object.entries(odd))('%s ends a run', (_, over) => {
  const spans = range(0, 200).map((i) => makeSpan(i, i === 100 ? over : {}));
  const { logged, plain } = takeAll([encodeProtobuf('traces', requestOf(spans))]);
  expect(spansFromLog(logged)).toBe(199);
  expectSame(logged, plain);
});

const double = (value: number): AnyValue => ({ kind: 'double', value });
const int = (value: number | bigint): AnyValue => ({ kind: 'int', value });

const rare: Record<string, Partial<Span>> = {
  'texts that JSON escapes': {
    name: 'say "\\"\n',
    attributes: [{ key: 'k"', value: text('\u0001 0123456789abcdef"') }],
    status: { code: 2, message: '"' },
  },
  'texts around the length of a step': {
    attributes: range(14, 35).flatMap((length) => [
      { key: 'k'.repeat(length), value: text('"'.padStart(length, 'v')) },
      { key: 'k'.repeat(length), value: text('v'.repeat(length)) },
    ]),
  },
  'texts beyond ASCII': { name: 'grün \u2028 \u{1f600}', attributes: [{ key: 'ключ', value: text('値'.repeat(20)) }] },
  'nothing that can be left out': {
    parentSpanId: '',
    name: '',
    kind: 0,
    attributes: [],
    status: { code: 0, message: '' },
  },
  'a message without a code': { status: { code: 0, message: 'm' } },
  'an unknown kind and status': { kind: 200, status: { code: 77, message: 'm' } },
  'empty texts': { attributes: [{ key: 'k', value: text('') }] },
  'no value': { attributes: [{ key: 'k', value: { kind: 'empty' } }] },
  'whole numbers of all lengths': {
    attributes: [0, 9, 10, 99_999, 999_999_999, 1e9, 1e10, -1, -128, 2 ** 53 - 1].map((n) => ({
      key: 'n',
      value: int(n),
    })),
  },
  'whole numbers of 64 bits': {
    attributes: [2n ** 63n - 1n, -(2n ** 63n), 10n ** 18n].map((n) => ({ key: 'n', value: int(n) })),
  },
  'numbers with a fraction': {
    attributes: [0, -0, 0.1, 1e21, 5e-324, -1.7976931348623157e308, Number.NaN, Number.POSITIVE_INFINITY].map((n) => ({
      key: 'n',
      value: double(n),
    })),
  },
  'no times': { startTimeUnixNano: 0n, endTimeUnixNano: 0n },
  'times of all bits': { startTimeUnixNano: 2n ** 64n - 1n, endTimeUnixNano: 2n ** 63n },
  'an end before the start': { startTimeUnixNano: epochNs, endTimeUnixNano: 5n },
  'a name longer than what is read at once': { name: 'n'.repeat(70_000) },
  'a large span': { attributes: range(0, 500).map((n) => ({ key: `key ${n}`, value: text(`value ${n}`) })) },
};

test.each(Object.entries(rare))('%s: read back as written', (_, over) => {
  const spans = range(0, 600).map((i) => makeSpan(i, [0, 300, 301, 599].includes(i) ? over : {}));
  const { logged, plain } = takeAll([encodeProtobuf('traces', requestOf(spans))]);
  expect(spansFromLog(logged)).toBeGreaterThan(500);
  expectSame(logged, plain);
});

test('fields in another order than that of their numbers are read back', () => {
  const body = encodeProtobuf('traces', requestOf(range(0, 100).map((i) => makeSpan(i, { name: 'GET', kind: 2 }))));
  const [from, to] = ['2a034745543002', '30022a03474554']; // the name and the kind
  const hex = body.toString('hex');
  const swapped = hex.replace(from, to).replace(new RegExp(`${from}(?!.*${from})`), to);
  expect(hex.split(from)).toHaveLength(101);
  const { logged, plain } = takeAll([Buffer.from(swapped, 'hex')]);
  expect(spansFromLog(logged)).toBe(100);
  expect(decoded(logged)).toEqual(decoded(plain));
  expect(printed(logged)).toBe(printed(plain));
});

const tampered: Record<string, readonly [from: string, to: string]> = {
  'a number of more than 64 bits': ['ffffffffffffffffff01', 'ffffffffffffffffff7f'],
  'a text that is no UTF-8': [hexOf('GET /4'), hexOf('GET /').concat('ff')],
  'a parent of zeros': ['22080000000000000001', '22080000000000000000'],
  'an attribute with a field that nobody knows': ['0a0475736572', '1a0475736572'],
};

test.each(Object.entries(tampered))('%s is answered as the columns have it', (_, [from, to]) => {
  const body = encodeProtobuf('traces', requestOf(range(0, 200).map((i) => makeSpan(i))));
  const hex = body.toString('hex');
  const { logged, plain } = takeAll([Buffer.from(hex.replace(from, to), 'hex')]);
  expect(hex).toContain(from);
  expect(spansFromLog(logged)).toBeLessThan(200);
  expectSame(logged, plain);
});

function hexOf(ascii: string): string {
  return Buffer.from(ascii).toString('hex');
}

// Spans of random kinds whose bytes were tampered with: what the columns say is what is answered.
test(`damaged and odd bytes are answered as the columns have them (seed ${seed})`, () => {
  const random = new Random(seed);
  let fromLog = 0;
  for (let round = 0; round < 50; round++) {
    const kinds = Object.values(odd);
    const spans = range(0, 150).map((i) => makeSpan(i, random.below(1000) < 3 ? random.pick(kinds) : {}));
    const body = Buffer.from(encodeProtobuf('traces', requestOf(spans.slice(0, 75), spans.slice(75))));
    for (let n = random.below(4); n > 0; n--) body[random.below(body.length)] = random.below(256);
    const stores = storeIfWhole(body);
    if (stores === undefined) continue;
    fromLog += spansFromLog(stores.logged);
    expect(decoded(stores.logged), `round ${round}`).toEqual(decoded(stores.plain));
    expect(printed(stores.logged), `round ${round}`).toBe(printed(stores.plain));
  }
  expect(fromLog).toBeGreaterThan(1000);
});

function storeIfWhole(body: Buffer) {
  try {
    const stores = takeAll([body]);
    return stores.logged.openTrace(trace) && stores;
  } catch {
    return undefined; // refused by both ways
  }
}

test('a filter that leaves spans out of a run keeps to the columns', () => {
  const { logged, plain } = takeAll([encodeProtobuf('traces', requestOf(range(0, 200).map((i) => makeSpan(i))))]);
  const filter = readTraceFilter(new URLSearchParams({ q: '{ span.rows < 0 }' }));
  if (!filter) throw new Error('no filter');
  const [a, b] = [logged, plain].map((store) => {
    const { trace: kept } = filterTrace(store, openTrace(store), filter);
    return Buffer.from(writeTraceProtobuf(kept, { isWrapped: false, spare }));
  });
  expect(a).toEqual(b);
});

test('a log whose segment is gone is done without', () => {
  const { logged, plain } = takeAll([encodeProtobuf('traces', requestOf(range(0, 200).map((i) => makeSpan(i))))]);
  log.append({ kind: 1, receivedNs: 1n, payload: Buffer.alloc(1024 * 1024) });
  log.removeBefore(log.newest);
  expectSame(logged, plain);
  log.clear();
  expectSame(logged, plain);
});

test('runs outlive the rebuilding of the store', () => {
  const groups = [range(0, 100), range(100, 250)].map((list) => list.map((i) => makeSpan(i)));
  const { logged, plain } = takeAll([encodeProtobuf('traces', requestOf(...groups))]);
  for (const store of [logged, plain]) store.forgetService('shop-0');
  expect(spansFromLog(logged)).toBe(150);
  expectSame(logged, plain);
});
