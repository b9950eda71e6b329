// Answers as protobuf say what they say as JSON: read back by field numbers, and for tags byte for byte what Tempo 3.0.3 answers.
import { PbfReader } from 'pbf';
import { expect, test } from 'vitest';
import { encodeAnswer, searchResponse, tagNamesResponse, typedTagValuesResponse } from './answer-protobuf.ts';

test('names of tags', () => {
  expect(encodeAnswer(tagNamesResponse, { tagNames: ['a', 'bc'], metrics: {} }).toString('hex')).toBe(
    '0a01610a0262631200',
  );
});

test('values with their types; what is missing is left out', () => {
  const answer = { tagValues: [{ type: 'string', value: 'x' }, { type: 'string' }], metrics: {} };
  expect(encodeAnswer(typedTagValuesResponse, answer).toString('hex')).toBe(
    '0a0b0a06737472696e67120178' + '0a080a06737472696e67' + '1200',
  );
});

test('a search: spans, attributes, times of 64 bits, the numbers of services', () => {
  const spans = [
    {
      spanID: '0102030405060708',
      startTimeUnixNano: '1795371481278433000',
      attributes: [{ key: 'n', value: { intValue: '-3' } }],
    },
  ];
  const set = { spans, matched: 7 };
  const trace = {
    traceID: 'ab',
    durationMs: 300,
    spanSet: set,
    spanSets: [set, set],
    serviceStats: { shop: { spanCount: 2 } },
  };
  const bytes = encodeAnswer(searchResponse, {
    traces: [trace],
    metrics: { inspectedTraces: 1, completedJobs: 1, totalJobs: 1 },
  });
  const [found] = readMessages(bytes, 1);
  expect(readTexts(found, 1)).toEqual(['ab']);
  expect(readMessages(found, 7)).toHaveLength(2);
  const [span] = readMessages(readMessages(found, 6)[0], 1);
  expect(readTexts(span, 1)).toEqual(['0102030405060708']);
  expect(readNumbers(span, 3)).toEqual([1795371481278433000]);
  expect(readMessages(span, 5).map((one) => one.toString('hex'))).toEqual(['0a016e120b18fdffffffffffffffff01']);
  expect(readNumbers(readMessages(found, 6)[0], 2)).toEqual([7]);
  const [stats] = readMessages(found, 8);
  expect([readTexts(stats, 1), readNumbers(readMessages(stats, 2)[0], 1)]).toEqual([['shop'], [2]]);
  expect(readNumbers(readMessages(bytes, 2)[0], 5)).toEqual([1]);
});

function collect<T>(bytes: Buffer | undefined, wanted: number, read: (pbf: PbfReader) => T): T[] {
  if (!bytes) throw new Error('there is no such message');
  const found: T[] = [];
  new PbfReader(bytes).readFields((number, into: T[], pbf) => void (number === wanted && into.push(read(pbf))), found);
  return found;
}

function readMessages(bytes: Buffer | undefined, wanted: number): Buffer[] {
  return collect(bytes, wanted, (pbf) => Buffer.from(pbf.readBytes()));
}

function readTexts(bytes: Buffer | undefined, wanted: number): string[] {
  return collect(bytes, wanted, (pbf) => pbf.readString());
}

function readNumbers(bytes: Buffer | undefined, wanted: number): number[] {
  return collect(bytes, wanted, (pbf) => pbf.readVarint());
}
