// Remote write 2.0 against bytes written out by hand from the specification.
import { PbfWriter } from 'pbf';
import { expect, test } from 'vitest';
import { decodeWriteRequest2 } from './remote-write-2.ts';

const symbols = ['', '__name__', 'jobs_total', 'pod', 'a', 'trace_id', 'abc', 'Jobs done.', 'jobs'];

function encode(refs: number[]): Buffer {
  const pbf = new PbfWriter();
  for (const symbol of symbols) pbf.writeStringField(4, symbol);
  pbf.writeMessage(
    5,
    (_, series) => {
      series.writePackedVarint(1, refs);
      series.writeMessage(
        2,
        (_sample, sample) => {
          sample.writeDoubleField(1, 3);
          sample.writeVarintField(2, 1_000);
        },
        null,
      );
      series.writeMessage(
        4,
        (_exemplar, exemplar) => {
          exemplar.writePackedVarint(1, [5, 6]);
          exemplar.writeDoubleField(2, 1);
          exemplar.writeVarintField(3, 900);
        },
        null,
      );
      series.writeMessage(
        5,
        (_metadata, metadata) => {
          metadata.writeVarintField(1, 1);
          metadata.writeVarintField(3, 7);
          metadata.writeVarintField(4, 8);
        },
        null,
      );
    },
    null,
  );
  return Buffer.from(pbf.finish());
}

test('references are replaced by the symbols they stand for', () => {
  expect(decodeWriteRequest2(encode([1, 2, 3, 4]))).toEqual({
    series: [
      {
        labels: [
          { name: '__name__', value: 'jobs_total' },
          { name: 'pod', value: 'a' },
        ],
        samples: [{ value: 3, timeMs: 1_000 }],
        exemplars: [{ labels: [{ name: 'trace_id', value: 'abc' }], value: 1, timeMs: 900 }],
      },
    ],
    metadata: [{ name: 'jobs_total', type: 'counter', unit: 'jobs', help: 'Jobs done.' }],
  });
});

test.each([
  ['a reference to no symbol', [1, 99], 'there is no symbol 99, only 9'],
  ['half a label', [1], 'an odd number of label references'],
])('%s is refused', (_, refs, message) => {
  expect(() => decodeWriteRequest2(encode(refs))).toThrow(message);
});
