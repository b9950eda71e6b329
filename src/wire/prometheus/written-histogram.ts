// Native histograms and exemplars of remote write 1.0, as they are written. Counts are written as floats, which every
// receiver of native histograms takes. https://prometheus.io/docs/specs/native_histograms/#transport-protocols
import { type Codec, many, message, one } from '../otlp/codec.ts';
import { double, enumeration, int64, optionalDouble, sint32, text, uint32 } from '../otlp/scalars.ts';

/** Sparse buckets, by rising index. */
export interface WrittenBuckets {
  readonly indexes: readonly number[];
  readonly counts: readonly number[];
}

/** A histogram sample; `promql/histogram/float-histogram.ts` has the same shape. */
export interface WrittenHistogram {
  readonly timeMs: number;
  readonly schema: number;
  readonly zeroThreshold: number;
  readonly zeroCount: number;
  readonly count: number;
  readonly sum: number;
  readonly positive: WrittenBuckets;
  readonly negative: WrittenBuckets;
  readonly customValues: readonly number[];
}

export interface WrittenExemplar {
  readonly labels: readonly WrittenLabel[];
  readonly value: number;
  readonly timeMs: number;
}

export interface WrittenLabel {
  readonly name: string;
  readonly value: string;
}

interface Span {
  readonly offset: number;
  readonly length: number;
}

/** prometheus.Histogram with the fields that are written. */
interface HistogramMessage {
  readonly countFloat: number;
  readonly sum: number;
  readonly schema: number;
  readonly zeroThreshold: number;
  readonly zeroCountFloat: number;
  readonly negativeSpans: readonly Span[];
  readonly negativeCounts: readonly number[];
  readonly positiveSpans: readonly Span[];
  readonly positiveCounts: readonly number[];
  readonly resetHint: number;
  readonly timestamp: number | bigint;
  readonly customValues: readonly number[];
}

const span = message<Span>('BucketSpan', () => ({ offset: 0, length: 0 }), [
  one(1, 'offset', sint32),
  one(2, 'length', uint32),
]);

const noHistogram = (): HistogramMessage => ({
  countFloat: 0,
  sum: 0,
  schema: 0,
  zeroThreshold: 0,
  zeroCountFloat: 0,
  negativeSpans: [],
  negativeCounts: [],
  positiveSpans: [],
  positiveCounts: [],
  resetHint: 0,
  timestamp: 0,
  customValues: [],
});

/** `count` and `zero_count` stand in a oneof: they are written though they are 0, or the histogram would be one of integers. */
export const histogramMessage = message<HistogramMessage>('Histogram', noHistogram, [
  one(2, 'countFloat', optionalDouble),
  one(3, 'sum', double),
  one(4, 'schema', sint32),
  one(5, 'zeroThreshold', double),
  one(7, 'zeroCountFloat', optionalDouble),
  many<HistogramMessage, 'negativeSpans', Span>(8, 'negativeSpans', span),
  many<HistogramMessage, 'negativeCounts', number>(10, 'negativeCounts', double),
  many<HistogramMessage, 'positiveSpans', Span>(11, 'positiveSpans', span),
  many<HistogramMessage, 'positiveCounts', number>(13, 'positiveCounts', double),
  one(14, 'resetHint', enumeration([])),
  one(15, 'timestamp', int64),
  many<HistogramMessage, 'customValues', number>(16, 'customValues', double),
]);
export type EncodedHistogram = HistogramMessage;

/** A histogram as its message has it. */
export function toHistogramMessage(of: WrittenHistogram): HistogramMessage {
  return {
    ...noHistogram(),
    countFloat: of.count,
    sum: of.sum,
    schema: of.schema,
    zeroThreshold: of.zeroThreshold,
    zeroCountFloat: of.zeroCount,
    negativeSpans: toSpans(of.negative.indexes),
    negativeCounts: of.negative.counts,
    positiveSpans: toSpans(of.positive.indexes),
    positiveCounts: of.positive.counts,
    timestamp: of.timeMs,
    customValues: of.customValues,
  };
}

// A span is a run of buckets that follow each other; its offset counts from the end of the one before.
function toSpans(indexes: readonly number[]): Span[] {
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

const label = message<WrittenLabel>('Label', () => ({ name: '', value: '' }), [
  one(1, 'name', text),
  one(2, 'value', text),
]);

const timeMs: Codec<number> = {
  ...int64,
  fromProto: (reader) => Number(reader.readInt64()),
  fromJson: (json) => Number(json),
};

export const exemplarMessage = message<WrittenExemplar>('Exemplar', () => ({ labels: [], value: 0, timeMs: 0 }), [
  many<WrittenExemplar, 'labels', WrittenLabel>(1, 'labels', label),
  one(2, 'value', double),
  one(3, 'timeMs', timeMs),
]);
