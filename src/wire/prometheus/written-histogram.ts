// A native histogram as remote write carries it: spans of buckets with deltas (integers) or counts (floats). It is read in both
// forms and written as floats. The messages of remote write 1.0 and 2.0 are the same.
// https://github.com/prometheus/prometheus/blob/main/prompb/types.proto
import { type Codec, many, message, one } from '../otlp/codec.ts';
import { MalformedOtlp } from '../otlp/malformed.ts';
import { wireType } from '../otlp/proto-reader.ts';
import { countVarint, double, int64, optionalDouble, sint32, uint32 } from '../otlp/scalars.ts';
import { type WrittenValue, writtenValue } from './written-value.ts';

/** Buckets by rising index, without gaps filled in. */
export interface WrittenBuckets {
  readonly indexes: readonly number[];
  readonly counts: readonly number[];
}

export interface WrittenHistogram {
  /** Milliseconds since 1970. */
  readonly timeMs: number;
  /** undefined: the mark that the series has ended. */
  readonly histogram:
    | {
        readonly hint: 'unknown' | 'reset' | 'not_reset' | 'gauge';
        readonly schema: number;
        readonly zeroThreshold: number;
        readonly zeroCount: number;
        readonly count: number;
        readonly sum: number;
        readonly positive: WrittenBuckets;
        readonly negative: WrittenBuckets;
        readonly customValues: readonly number[];
      }
    | undefined;
}

export interface BucketSpan {
  readonly offset: number;
  readonly length: number;
}

/** As it is in a message: integers or floats, deltas or counts. */
export interface RawHistogram {
  readonly countInt: number;
  readonly countFloat: number;
  readonly sum: WrittenValue;
  readonly schema: number;
  readonly zeroThreshold: number;
  readonly zeroCountInt: number;
  readonly zeroCountFloat: number;
  readonly negativeSpans: readonly BucketSpan[];
  readonly negativeDeltas: readonly number[];
  readonly negativeCounts: readonly number[];
  readonly positiveSpans: readonly BucketSpan[];
  readonly positiveDeltas: readonly number[];
  readonly positiveCounts: readonly number[];
  readonly resetHint: number;
  readonly timeMs: number;
  readonly customValues: readonly number[];
}

const hints = ['unknown', 'reset', 'not_reset', 'gauge'] as const;
/** Spans may claim any number of buckets; no real histogram has as many. */
const maxBuckets = 10_000;

export const sint64: Codec<number> = {
  ...countVarint,
  wire: wireType.varint,
  fromProto: (reader) => reader.readSVarint(),
  toProto: (value, writer) => writer.writeSVarint(value),
};
/** int64 as a time in milliseconds. */
export const timeMsCodec = { ...int64, fromProto: (reader) => Number(reader.readInt64()) } as Codec<number>;

export const bucketSpan = message<BucketSpan>('BucketSpan', () => ({ offset: 0, length: 0 }), [
  one(1, 'offset', sint32),
  one(2, 'length', uint32),
]);

// Counts stand in a oneof: as floats they are written though they are 0, or the histogram would be one of integers.
const raw = message<RawHistogram>('Histogram', newRaw, [
  one(1, 'countInt', countVarint),
  one(2, 'countFloat', optionalDouble),
  one<RawHistogram, 'sum'>(3, 'sum', writtenValue),
  one(4, 'schema', sint32),
  one(5, 'zeroThreshold', double),
  one(6, 'zeroCountInt', countVarint),
  one(7, 'zeroCountFloat', optionalDouble),
  many<RawHistogram, 'negativeSpans', BucketSpan>(8, 'negativeSpans', bucketSpan),
  many<RawHistogram, 'negativeDeltas', number>(9, 'negativeDeltas', sint64),
  many<RawHistogram, 'negativeCounts', number>(10, 'negativeCounts', double),
  many<RawHistogram, 'positiveSpans', BucketSpan>(11, 'positiveSpans', bucketSpan),
  many<RawHistogram, 'positiveDeltas', number>(12, 'positiveDeltas', sint64),
  many<RawHistogram, 'positiveCounts', number>(13, 'positiveCounts', double),
  one(14, 'resetHint', uint32),
  one(15, 'timeMs', timeMsCodec),
  many<RawHistogram, 'customValues', number>(16, 'customValues', double),
]);

/** The message `Histogram`. @throws MalformedOtlp when spans and buckets do not go together */
export const histogramCodec: Codec<WrittenHistogram> = {
  ...raw,
  fromProto: (reader, depth) => fromRaw(raw.fromProto(reader, depth)),
  fromJson: () => {
    throw new MalformedOtlp('remote write has no JSON form');
  },
  toProto: (value, writer) => raw.toProto(toRaw(value), writer),
  toJson: (value) => value,
  isUnset: () => false,
};

function newRaw(): RawHistogram {
  return {
    countInt: 0,
    countFloat: 0,
    sum: 0,
    schema: 0,
    zeroThreshold: 0,
    zeroCountInt: 0,
    zeroCountFloat: 0,
    negativeSpans: [],
    negativeDeltas: [],
    negativeCounts: [],
    positiveSpans: [],
    positiveDeltas: [],
    positiveCounts: [],
    resetHint: 0,
    timeMs: 0,
    customValues: [],
  };
}

/** Integer and float fields as one. @throws MalformedOtlp when spans and buckets do not go together */
export function fromRaw(of: RawHistogram): WrittenHistogram {
  if (of.sum === 'stale') return { timeMs: of.timeMs, histogram: undefined };
  return {
    timeMs: of.timeMs,
    histogram: {
      hint: hints[of.resetHint] ?? 'unknown',
      schema: of.schema,
      zeroThreshold: of.zeroThreshold,
      // Each is one of two fields, the other being 0.
      zeroCount: of.zeroCountInt + of.zeroCountFloat,
      count: of.countInt + of.countFloat,
      sum: of.sum,
      positive: readBuckets(of.positiveSpans, of.positiveDeltas, of.positiveCounts),
      negative: readBuckets(of.negativeSpans, of.negativeDeltas, of.negativeCounts),
      customValues: of.customValues,
    },
  };
}

function readBuckets(
  spans: readonly BucketSpan[],
  deltas: readonly number[],
  floats: readonly number[],
): WrittenBuckets {
  const counts = deltas.length > 0 ? sumUp(deltas) : floats;
  const wanted = spans.reduce((sum, { length }) => sum + length, 0);
  if (wanted !== counts.length || wanted > maxBuckets)
    throw new MalformedOtlp(`histogram spans need ${wanted} buckets, there are ${counts.length} (limit ${maxBuckets})`);
  const indexes: number[] = [];
  let next = 0;
  for (const { offset, length } of spans) {
    next += offset;
    for (let i = 0; i < length; i++) indexes.push(next++);
  }
  return { indexes, counts };
}

function sumUp(deltas: readonly number[]): number[] {
  let sum = 0;
  return deltas.map((delta) => {
    sum += delta;
    return sum;
  });
}

function toRaw({ timeMs, histogram }: WrittenHistogram): RawHistogram {
  if (histogram === undefined) return { ...newRaw(), timeMs, sum: 'stale' };
  return {
    ...newRaw(),
    timeMs,
    countFloat: histogram.count,
    sum: histogram.sum,
    schema: histogram.schema,
    zeroThreshold: histogram.zeroThreshold,
    zeroCountFloat: histogram.zeroCount,
    negativeSpans: listSpans(histogram.negative.indexes),
    negativeCounts: histogram.negative.counts,
    positiveSpans: listSpans(histogram.positive.indexes),
    positiveCounts: histogram.positive.counts,
    resetHint: hints.indexOf(histogram.hint),
    customValues: histogram.customValues,
  };
}

function listSpans(indexes: readonly number[]): BucketSpan[] {
  const spans: { offset: number; length: number }[] = [];
  let next = 0;
  for (const index of indexes) {
    const last = spans.at(-1);
    if (last !== undefined && index === next) last.length++;
    else spans.push({ offset: index - next, length: 1 });
    next = index + 1;
  }
  return spans;
}
