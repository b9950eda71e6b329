// Remote write both ways, against bytes written out by hand from the specification.
import { expect, test } from 'vitest';
import { decodeWriteRequest, encodeWriteRequest, type WrittenSeries } from './remote-write.ts';

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
