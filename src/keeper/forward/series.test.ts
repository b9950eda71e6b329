// OTLP metrics as remote write: the same names and labels as in the embedded runtime, every sample in order of time.
import { expect, test } from 'vitest';
import { decodeJson } from '../../wire/otlp/request.ts';
import { SeriesTranslator } from './series.ts';

const ns = (ms: number) => `${ms}000000`;

function translate(...metrics: object[]) {
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'web' } }] };
  const body = { resourceMetrics: [{ resource, scopeMetrics: [{ metrics }] }] };
  return new SeriesTranslator().translate(decodeJson('metrics', Buffer.from(JSON.stringify(body))), 0n);
}

test('samples of one series stand in the order of time, under the name that queries know', () => {
  const dataPoints = [
    { timeUnixNano: ns(2000), asInt: '8' },
    { timeUnixNano: ns(1000), asInt: '7' },
  ];
  expect(translate({ name: 'queue.size', unit: 'By', gauge: { dataPoints } })).toEqual([
    {
      labels: [
        { name: '__name__', value: 'queue_size_bytes' },
        { name: 'job', value: 'web' },
        { name: 'service_name', value: 'web' },
      ],
      samples: [
        { value: 7, timeMs: 1000 },
        { value: 8, timeMs: 2000 },
      ],
      histograms: [],
      exemplars: [],
    },
  ]);
});

test('an exponential histogram becomes a native one, with its exemplars', () => {
  const exemplars = [{ timeUnixNano: ns(999), asDouble: 3, traceId: '01'.repeat(16), spanId: '02'.repeat(8) }];
  const point = {
    timeUnixNano: ns(1000),
    count: '3',
    sum: 9,
    scale: 0,
    positive: { offset: 1, bucketCounts: ['1', '0', '2'] },
  };
  const dataPoints = [{ ...point, exemplars }];
  const exponentialHistogram = { aggregationTemporality: 2, dataPoints };
  expect(translate({ name: 'latency', unit: 's', exponentialHistogram })).toMatchObject([
    {
      samples: [],
      histograms: [
        { timeMs: 1000, histogram: { schema: 0, count: 3, sum: 9, positive: { indexes: [2, 4], counts: [1, 2] } } },
      ],
      exemplars: [{ value: 3, timeMs: 999, labels: [{ name: 'span_id' }, { name: 'trace_id' }] }],
    },
  ]);
});

test('what Prometheus would refuse is refused with its words', () => {
  const sum = { aggregationTemporality: 1, isMonotonic: true, dataPoints: [{ timeUnixNano: ns(1), asInt: '1' }] };
  expect(translate({ name: 'jobs', sum })).toEqual({
    refusal: 'invalid temporality and type combination for metric "jobs"',
  });
});
