// The short way against the long one: the same exports must leave the same store behind (damaged ones: test/fuzz).
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { decodeJson, decodeProtobuf, encodeProtobuf } from '../../../../wire/otlp/request.ts';
import type { KeyValue, MetricsRequest, NumberDataPoint } from '../../../../wire/otlp/types.ts';
import { makeMasker } from '../../../mask/mask-request.ts';
import { MetricsStore } from '../../../store/metrics/metrics-store.ts';
import { makeOtlpMetricsStore } from '../otlp-metrics-store.ts';

// The recorded data begins at 0; later times would make it too old.
const receivedNs = 600_000_000_000n;
const all = { startMs: Number.NEGATIVE_INFINITY, endMs: Number.POSITIVE_INFINITY };
const masker = makeMasker();

function makeSink() {
  const store = new MetricsStore();
  const learnt: string[] = [];
  const learnMetrics = (request: MetricsRequest) => {
    for (const { scopes } of request) for (const { items } of scopes) for (const { name } of items) learnt.push(name);
  };
  const sink = makeOtlpMetricsStore(store, { masker, learnMetrics });
  const long = (bytes: Buffer) =>
    sink.ingest(masker.maskExport('metrics', decodeProtobuf('metrics', bytes)), receivedNs);
  const short = (bytes: Buffer) => sink.readDirect?.(bytes, receivedNs);
  return { store, learnt, long, short };
}

function dump(store: MetricsStore): unknown {
  const samples = store.select([], all).map(({ labels, times, values, kinds, histograms }) => ({
    labels: labels.key,
    times: [...times],
    values: [...values],
    kinds: [...(kinds ?? new Uint8Array(times.length))],
    histograms: [...(histograms ?? times)].map((one) => (typeof one === 'object' ? one : undefined)),
  }));
  const exemplars = store.selectExemplars([], all).map((one) => [one.labels.key, one.exemplars]);
  return { samples: samples.sort((a, b) => (a.labels < b.labels ? -1 : 1)), exemplars, usage: store.usage() };
}

const recorded: Buffer[] = (
  JSON.parse(readFileSync(join(import.meta.dirname, '../../../../../test/conformance/data/metrics.json'), 'utf8')) as {
    requests: { body: object }[];
  }
).requests.map(({ body }) => encodeProtobuf('metrics', decodeJson('metrics', Buffer.from(JSON.stringify(body)))));

const attribute = (key: string, value: string): KeyValue => ({ key, value: { kind: 'string', value } });

function gaugeOf(points: readonly Partial<NumberDataPoint>[], resource: readonly KeyValue[] = []): Buffer {
  const whole = points.map((point) => ({
    attributes: [],
    startTimeUnixNano: 0n,
    timeUnixNano: receivedNs,
    flags: 0,
    exemplars: [],
    value: 1,
    isInt: false,
    ...point,
  }));
  const scope = { name: 's', version: '', attributes: [], droppedAttributesCount: 0 };
  const metric = {
    name: 'm',
    description: 'd',
    unit: 's',
    metadata: [],
    data: { kind: 'gauge', points: whole },
  } as const;
  const scopes = [{ scope, schemaUrl: '', items: [metric] }];
  return encodeProtobuf('metrics', [
    { resource: { attributes: resource, droppedAttributesCount: 0 }, schemaUrl: '', scopes },
  ]);
}

test('every recorded export leaves the same store behind, and nearly all go the short way', () => {
  const long = makeSink();
  const mixed = makeSink();
  let taken = 0;
  for (let round = 0; round < 2; round++) {
    for (const bytes of recorded) {
      const expected = long.long(bytes);
      const direct = mixed.short(bytes);
      if (direct !== undefined) taken++;
      const outcome = direct === undefined ? mixed.long(bytes) : direct.commit();
      expect(outcome).toEqual(expected);
    }
  }
  expect(dump(mixed.store)).toEqual(dump(long.store));
  expect(taken).toBeGreaterThan(recorded.length * 2 * 0.7);
});

// Points that come again in their order are read by read-known.wat: what one of them has beside, or another order, must not matter.
const manyPoints = (
  change: (point: Partial<NumberDataPoint>, i: number) => Partial<NumberDataPoint> | undefined,
  count = 500,
) =>
  Array.from({ length: count }, (_, i) => ({
    attributes: [attribute('series', String(i)), attribute('path', '/'.repeat(1 + (i % 90)))],
    timeUnixNano: receivedNs + BigInt(i) * 999_999n,
    value: i / 7,
  })).flatMap((point, i) => change(point, i) ?? []);
/** With another last byte of one of its two attributes. */
const withByte = (point: Partial<NumberDataPoint>, which: 0 | 1, i: number) => {
  const [series, path] = [`${Math.floor(i / 10)}x`.padStart(String(i).length, 'x'), `${'/'.repeat(i % 90)}x`];
  return {
    ...point,
    attributes: [
      attribute('series', which === 0 ? series : String(i)),
      attribute('path', which === 1 ? path : '/'.repeat(1 + (i % 90))),
    ],
  };
};
const withoutOdd = (point: Partial<NumberDataPoint>, i: number) => (i % 97 === 5 ? undefined : point);
const reversed = (points: Partial<NumberDataPoint>[]) => points.reverse();

test.each<[string, Partial<NumberDataPoint>[]]>([
  ['the same series', manyPoints((point) => point)],
  ['the same series and more than fit at once', manyPoints((point) => point, 3_000)],
  ['fewer of them', manyPoints(withoutOdd)],
  [
    'new ones among them',
    manyPoints((point, i) => (i % 50 === 7 ? { ...point, attributes: [attribute('new', String(i))] } : point)),
  ],
  ['a first byte that differs', manyPoints((point, i) => (i % 60 === 3 ? withByte(point, 0, i) : point))],
  ['a last byte that differs', manyPoints((point, i) => (i % 60 === 3 ? withByte(point, 1, i) : point))],
  ['none without attributes', manyPoints((point, i) => (i % 70 === 9 ? { ...point, attributes: [] } : point))],
  ['missing times', manyPoints((point, i) => (i % 80 === 11 ? { ...point, timeUnixNano: 0n } : point))],
  [
    'whole numbers and flags',
    manyPoints((point, i) => ({ ...point, value: i, isInt: i % 40 === 13, flags: i % 41 === 0 ? 1 : 0 })),
  ],
  [
    'values that are no number',
    manyPoints((point, i) => ({ ...point, value: [Number.NaN, Number.POSITIVE_INFINITY, -0][i % 3] ?? 0 })),
  ],
  ['times of their start', manyPoints((point) => ({ ...point, startTimeUnixNano: receivedNs }))],
  ['times far ahead', manyPoints((point) => ({ ...point, timeUnixNano: 2n ** 64n - 1n }))],
  ['another order', reversed(manyPoints((point) => point))],
])('points that came before come again with %s', (_, points) => {
  const long = makeSink();
  const short = makeSink();
  const at = (ms: bigint) => (point: Partial<NumberDataPoint>) => ({
    ...point,
    timeUnixNano: (point.timeUnixNano ?? 0n) + ms * 1_000_000n,
  });
  const before = manyPoints(at(-9_000n), points.length);
  for (const bytes of [before, points, manyPoints(at(9_000n)), manyPoints(at(8_000n))].map((all) => gaugeOf(all))) {
    const direct = short.short(bytes);
    expect(direct === undefined ? short.long(bytes) : direct.commit()).toEqual(long.long(bytes));
  }
  expect(dump(short.store)).toEqual(dump(long.store));
});

test.each([
  ['a point', gaugeOf([{ attributes: [attribute('password', 'hunter22')] }])],
  ['a resource', gaugeOf([{}], [attribute('db.connection_string', 'postgres://u:pw@h/d')])],
  [
    'an exemplar of a gauge',
    gaugeOf([
      {
        exemplars: [
          {
            filteredAttributes: [attribute('token', 'abc12345678')],
            timeUnixNano: 0n,
            value: 1,
            isInt: false,
            traceId: '',
            spanId: '',
          },
        ],
      },
    ]),
  ],
])('a secret in %s sends the export the long way', (_, bytes) => {
  expect(makeSink().short(bytes)).toBeUndefined();
});

test('a metric is learnt once, however often it comes, and by whom is counted', () => {
  const { short, learnt } = makeSink();
  const resource = [attribute('service.name', 'web'), attribute('obs.run.id', 'r-1')];
  for (let i = 0; i < 3; i++) {
    const bytes = gaugeOf(
      [{ timeUnixNano: receivedNs + BigInt(i) * 1_000_000n }, { attributes: [attribute('k', 'v')] }],
      resource,
    );
    const direct = short(bytes);
    expect(direct?.sources).toEqual([{ service: 'web', runId: 'r-1', records: 2 }]);
    expect(direct?.commit()).toEqual({ accepted: 2, rejected: 0 });
  }
  expect(learnt).toEqual(['m']);
});

test('nothing can be seen before commit, and a series that was pruned is made anew', () => {
  const { short, store } = makeSink();
  const first = short(gaugeOf([{}]));
  expect(store.seriesCount).toBe(0);
  first?.commit();
  expect(store.seriesCount).toBe(1);
  store.pruneBefore(Number.POSITIVE_INFINITY);
  expect(store.seriesCount).toBe(0);
  short(gaugeOf([{ timeUnixNano: receivedNs + 1_000_000n }]))?.commit();
  expect(store.select([], all)).toMatchObject([{ times: new Float64Array([600_001]) }]);
});

test.each([
  { pruned: 5_000, learnt: ['m', 'm'] },
  { pruned: 50, learnt: ['m'] },
])('what is known of $pruned series is not kept for long after they were pruned', ({ pruned, learnt: expected }) => {
  const { short, store, learnt } = makeSink();
  short(gaugeOf(Array.from({ length: pruned }, (_, i) => ({ attributes: [attribute('n', String(i))] }))))?.commit();
  store.pruneBefore(Number.POSITIVE_INFINITY);
  short(gaugeOf([{}]))?.commit();
  expect(learnt).toEqual(expected);
});

test('an export without points is left to the long way', () => {
  expect(makeSink().short(gaugeOf([]))).toBeUndefined();
  expect(makeSink().short(Buffer.alloc(0))).toBeUndefined();
});
