// OTLP in, PromQL out: what an export looks like once it is in the store.
import { describe, expect, test } from 'vitest';
import { Labels } from '../../../promql/labels.ts';
import { parseSelector } from '../../../promql/parser.ts';
import type { KeyValue, Metric, MetricData, MetricsRequest } from '../../../wire/otlp/types.ts';
import { makeMasker } from '../../mask/mask-request.ts';
import { MetricsStore } from '../../store/metrics/metrics-store.ts';
import { makeOtlpMetricsStore } from './otlp-metrics-store.ts';

const atMs = 1_700_000_000_000;
const direct = { masker: makeMasker(), learnMetrics: () => undefined };
const atNs = BigInt(atMs) * 1_000_000n;
const all = { startMs: Number.NEGATIVE_INFINITY, endMs: Number.POSITIVE_INFINITY };

const attributes = (of: Record<string, string>): KeyValue[] =>
  Object.entries(of).map(([key, value]) => ({ key, value: { kind: 'string', value } }));

const base = {
  attributes: attributes({ route: '/a' }),
  startTimeUnixNano: 0n,
  timeUnixNano: atNs,
  flags: 0,
  exemplars: [],
};
const service = { 'service.name': 'web', 'service.namespace': 'shop', 'service.instance.id': 'i-1' };

function makeRequest(metrics: readonly Metric[], resource: Record<string, string> = service): MetricsRequest {
  return [
    {
      resource: { attributes: attributes(resource), droppedAttributesCount: 0 },
      schemaUrl: '',
      scopes: [
        { scope: { name: 's', version: '', attributes: [], droppedAttributesCount: 0 }, schemaUrl: '', items: metrics },
      ],
    },
  ];
}

function makeMetric(name: string, data: MetricData, unit = ''): Metric {
  return { name, description: '', unit, data, metadata: [] };
}

const gaugeOf = (value: number, fields: object = {}): MetricData => ({
  kind: 'gauge',
  points: [{ ...base, value, isInt: false, ...fields }],
});

function ingest(request: MetricsRequest) {
  const store = new MetricsStore();
  const outcome = makeOtlpMetricsStore(store, direct).ingest(request, atNs);
  const values = (selector: string) =>
    Object.fromEntries(
      store
        .select(parseSelector(selector).matchers, all)
        .map(({ labels, values }) => [labels.drop(['__name__', 'job', 'instance']).toString(), [...values].at(-1)]),
    );
  return { store, outcome, values };
}

describe('resources', () => {
  test('give job and instance, and some of their attributes to every series', () => {
    const { store } = ingest(makeRequest([makeMetric('m', gaugeOf(1))]));
    expect(store.select(parseSelector('m').matchers, all)[0]?.labels.toString()).toBe(
      Labels.from(
        Object.entries({
          __name__: 'm',
          instance: 'i-1',
          job: 'shop/web',
          route: '/a',
          service_instance_id: 'i-1',
          service_name: 'web',
          service_namespace: 'shop',
        }),
      ).toString(),
    );
  });

  test('with more to say become target_info', () => {
    const { values } = ingest(makeRequest([makeMetric('m', gaugeOf(1))], { ...service, 'host.name': 'h' }));
    expect(values('target_info')).toEqual({
      '{host_name="h", service_instance_id="i-1", service_name="web", service_namespace="shop"}': 1,
    });
  });

  test('with nothing more to say do not', () => {
    expect(ingest(makeRequest([makeMetric('m', gaugeOf(1))])).values('target_info')).toEqual({});
  });
});

describe('data points', () => {
  const labels = '{route="/a", service_instance_id="i-1", service_name="web", service_namespace="shop"';

  test('of a histogram become cumulative buckets, a sum and a count', () => {
    const data: MetricData = {
      kind: 'histogram',
      temporality: 2,
      points: [{ ...base, count: 6, sum: 9, bucketCounts: [1, 2, 3], explicitBounds: [0.5, 10], min: 0, max: 20 }],
    };
    const { values } = ingest(makeRequest([makeMetric('d', data, 's')]));
    const bucket = (le: string) => `{le="${le}", ${labels.slice(1)}}`;
    expect(values('d_seconds_bucket')).toEqual({ [bucket('0.5')]: 1, [bucket('10')]: 3, [bucket('+Inf')]: 6 });
    expect(values('d_seconds_sum')).toEqual({ [`${labels}}`]: 9 });
    expect(values('d_seconds_count')).toEqual({ [`${labels}}`]: 6 });
  });

  test('of an exponential histogram become a native histogram, with scales above 8 merged down', () => {
    const data: MetricData = {
      kind: 'exponentialHistogram',
      temporality: 2,
      points: [
        {
          ...base,
          count: 7,
          sum: 9,
          scale: 9,
          zeroCount: 1,
          zeroThreshold: 0,
          positive: { offset: -1, bucketCounts: [1, 2, 3] },
          negative: undefined,
          min: undefined,
          max: undefined,
        },
      ],
    };
    const { store } = ingest(makeRequest([makeMetric('e', data)]));
    expect(store.select(parseSelector('e').matchers, all)[0]?.histograms?.[0]).toMatchObject({
      schema: 8,
      count: 7,
      sum: 9,
      zeroCount: 1,
      positive: { indexes: [0, 1], counts: [1, 5] },
    });
  });

  test('of a summary become quantiles', () => {
    const data: MetricData = {
      kind: 'summary',
      points: [{ ...base, count: 2, sum: 3, quantileValues: [{ quantile: 0.5, value: 1 }] }],
    };
    expect(ingest(makeRequest([makeMetric('s', data)])).values('s')).toEqual({
      [`{quantile="0.5", ${labels.slice(1)}}`]: 1,
    });
  });

  test('without a value are stale marks', () => {
    const { store } = ingest(makeRequest([makeMetric('m', gaugeOf(1, { flags: 1, value: undefined }))]));
    expect([...(store.select(parseSelector('m').matchers, all)[0]?.kinds ?? [])]).toEqual([1]);
  });

  test('without a time count as of now', () => {
    const { store } = ingest(makeRequest([makeMetric('m', gaugeOf(1, { timeUnixNano: 0n }))]));
    expect(store.timeRange()).toEqual({ startMs: atMs, endMs: atMs });
  });

  test('whose attributes clash after translation join their values', () => {
    const clash = { attributes: attributes({ 'a.b': '1', a_b: '2' }) };
    expect(Object.keys(ingest(makeRequest([makeMetric('m', gaugeOf(1, clash))])).values('m'))[0]).toContain(
      'a_b="1;2"',
    );
  });
});

describe('an export is refused whole', () => {
  const good = makeMetric('good', gaugeOf(1));
  test.each<[string, Metric, number, string]>([
    [
      'for delta temporality',
      makeMetric('d', { kind: 'sum', points: [], temporality: 1, isMonotonic: true }),
      500,
      'invalid temporality and type combination for metric "d"',
    ],
    [
      'for a metric without data',
      makeMetric('n', { kind: 'none' }),
      500,
      'could not get aggregation temporality for n as it has unsupported metric type Empty',
    ],
    ['for a name of which nothing is left', makeMetric('日本', gaugeOf(1)), 500, 'resulted in empty name'],
    ['for a contradiction', makeMetric('good', gaugeOf(2)), 400, 'duplicate sample for timestamp'],
  ])('%s', (_reason, bad, httpStatus, message) => {
    const store = new MetricsStore();
    const sink = makeOtlpMetricsStore(store, direct);
    sink.ingest(makeRequest([good]), atNs);
    const before = store.usage();
    const outcome = sink.ingest(makeRequest([makeMetric('other', gaugeOf(1)), bad]), atNs);
    expect(outcome).toMatchObject({ accepted: 0, httpStatus, message: expect.stringContaining(message) });
    expect(store.usage()).toEqual(before);
  });
});

test('pruning by size drops the oldest until the rest fits', () => {
  const store = new MetricsStore();
  const sink = makeOtlpMetricsStore(store, direct);
  for (let i = 0; i < 50; i++) {
    const fields = { timeUnixNano: atNs + BigInt(i) * 60_000_000_000n };
    sink.ingest(makeRequest([makeMetric(`m${i}`, gaugeOf(i, fields))]), atNs);
  }
  const half = sink.usage().bytes / 2;
  expect(sink.prune({ beforeNs: 0n, maxBytes: half })).toBeGreaterThan(20);
  expect(sink.usage().bytes).toBeLessThanOrEqual(half);
  expect(store.timeRange()?.endMs).toBe(atMs + 49 * 60_000);
});
