// Remote write both ways, against bytes written out by hand from the specification.
import { expect, test } from 'vitest';
import { decodeWriteMetadata, decodeWriteRequest, encodeWriteRequest, type WrittenSeries } from './remote-write.ts';

const series: WrittenSeries[] = [
  {
    labels: [
      { name: '__name__', value: 'up' },
      { name: 'job', value: 'web' },
    ],
    samples: [
      { value: 1, timeMs: 1_700_000_000_000 },
      { value: 'stale', timeMs: 1_700_000_001_000 },
      { value: Number.NaN, timeMs: -5 },
      { value: 0, timeMs: 0 },
    ],
  },
];

test('series keep labels, values, stale marks and times', () => {
  expect(decodeWriteRequest(encodeWriteRequest(series))).toEqual(series);
});

test('the bytes are those of prometheus.WriteRequest', () => {
  const one = [{ labels: [{ name: 'a', value: 'b' }], samples: [{ value: 'stale' as const, timeMs: 1 }] }];
  // series{ label{ name, value }, sample{ fixed64 value, varint timestamp } }
  expect(encodeWriteRequest(one).toString('hex')).toBe('0a150a060a0161120162120b09020000000000f07f1001');
});

test.each(['0a', '0affff', 'ffffffff'])('%s is no write request', (hex) => {
  expect(() => decodeWriteRequest(Buffer.from(hex, 'hex'))).toThrow();
});

const label = (name: string, value: string) => ({ name, value });
const floats = {
  hint: 'gauge' as const,
  schema: 2,
  zeroThreshold: 0.25,
  zeroCount: 0,
  count: 7.5,
  sum: -3,
  positive: { indexes: [-2, -1, 4], counts: [1, 2.5, 3] },
  negative: { indexes: [7], counts: [1] },
  customValues: [],
};

test('histograms, their stale marks and exemplars come back as they went', () => {
  const whole: WrittenSeries[] = [
    {
      labels: [label('__name__', 'h')],
      samples: [],
      histograms: [
        { timeMs: 5, histogram: floats },
        { timeMs: 6, histogram: { ...floats, schema: -53, hint: 'unknown', customValues: [0.5, 1] } },
        { timeMs: 7, histogram: undefined },
      ],
      exemplars: [{ labels: [label('trace_id', 'abc')], value: 2, timeMs: 4 }],
    },
  ];
  expect(decodeWriteRequest(encodeWriteRequest(whole))).toEqual(whole);
});

// Histogram { count_int 6, sum 2.5, schema 1, zero_threshold 0.001, zero_count_int 1, positive spans (0,2) (1,1),
// deltas 2 −1 1, timestamp 9 }, by the specification.
const integerHistogram =
  '08061900000000000004402002' +
  '29fca9f1d24d62503f' +
  '3001' +
  '5a0408001002' +
  '5a0408021001' +
  '6203040102' +
  '7809';

test('integer buckets are deltas from one to the next', () => {
  const histogram = Buffer.from(integerHistogram, 'hex');
  const series = Buffer.concat([Buffer.from([0x22, histogram.length]), histogram]);
  const [read] = decodeWriteRequest(Buffer.concat([Buffer.from([0x0a, series.length]), series]));
  expect(read?.histograms).toEqual([
    {
      timeMs: 9,
      histogram: {
        hint: 'unknown',
        schema: 1,
        zeroThreshold: 0.001,
        zeroCount: 1,
        count: 6,
        sum: 2.5,
        positive: { indexes: [0, 1, 3], counts: [2, 1, 2] },
        negative: { indexes: [], counts: [] },
        customValues: [],
      },
    },
  ]);
});

test('what is said of metrics is read beside the series', () => {
  // MetricMetadata { type GAUGE, metric_family_name "a", help "b", unit "c" }
  const bytes = Buffer.from('1a0b0802' + '120161' + '220162' + '2a0163', 'hex');
  expect(decodeWriteMetadata(bytes)).toEqual([{ name: 'a', type: 'gauge', help: 'b', unit: 'c' }]);
  expect(decodeWriteRequest(bytes)).toEqual([]);
});

test('spans that claim buckets that are not there are refused', () => {
  const histogram = Buffer.from('5a080800108094ebdc03', 'hex'); // a span of a billion
  const series = Buffer.concat([Buffer.from([0x22, histogram.length]), histogram]);
  expect(() => decodeWriteRequest(Buffer.concat([Buffer.from([0x0a, series.length]), series]))).toThrow(
    /need 1000000000 buckets, there are 0/,
  );
});
