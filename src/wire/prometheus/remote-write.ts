// Prometheus remote write 1.0: series with samples as protobuf. Also the form in which scraped samples are logged.
// https://prometheus.io/docs/specs/prw/remote_write_spec/
import { type Codec, many, message, one } from '../otlp/codec.ts';
import { MalformedOtlp } from '../otlp/malformed.ts';
import { ProtoReader, wireType } from '../otlp/proto-reader.ts';
import { ProtoWriter } from '../otlp/proto-writer.ts';
import { int64, text } from '../otlp/scalars.ts';
import {
  type EncodedHistogram,
  exemplarMessage,
  histogramMessage,
  toHistogramMessage,
  type WrittenExemplar,
  type WrittenHistogram,
} from './written-histogram.ts';

/** A float, or the mark that the series has ended. */
export type WrittenValue = number | 'stale';

export interface WrittenSample {
  readonly value: WrittenValue;
  /** Milliseconds since 1970. */
  readonly timeMs: number;
}

export interface WrittenSeries {
  readonly labels: readonly { readonly name: string; readonly value: string }[];
  readonly samples: readonly WrittenSample[];
  /** Written only: receivers here leave them out. */
  readonly histograms?: readonly WrittenHistogram[];
  readonly exemplars?: readonly WrittenExemplar[];
}

/** The one NaN that ends a series; JavaScript keeps no bits of a NaN, so it is told apart before it becomes a number. */
const staleBits = 0x7ff0_0000_0000_0002n;

const value: Codec<WrittenValue> = {
  wire: wireType.fixed64,
  fromProto: (reader) => {
    const bits = reader.readUint64();
    return bits === staleBits ? 'stale' : toFloat(bits);
  },
  fromJson: () => {
    throw new MalformedOtlp('remote write has no JSON form');
  },
  toProto: (of, writer) => (of === 'stale' ? writer.writeUint64(staleBits) : writer.writeDouble(of)),
  toJson: (of) => of,
  isUnset: () => false,
};

const timeMs: Codec<number> = {
  ...int64,
  fromProto: (reader) => Number(reader.readInt64()),
  fromJson: value.fromJson as Codec<number>['fromJson'],
};

type Label = WrittenSeries['labels'][number];
const label = message<Label>('Label', () => ({ name: '', value: '' }), [one(1, 'name', text), one(2, 'value', text)]);
const sample = message<WrittenSample>('Sample', () => ({ value: 0, timeMs: 0 }), [
  one<WrittenSample, 'value'>(1, 'value', value),
  one(2, 'timeMs', timeMs),
]);

/** prometheus.TimeSeries; what is written of it. */
interface SeriesMessage {
  readonly labels: readonly Label[];
  readonly samples: readonly WrittenSample[];
  readonly exemplars: readonly WrittenExemplar[];
  readonly histograms: readonly EncodedHistogram[];
}
interface RequestMessage<S> {
  readonly series: readonly S[];
}

const labels = many<WrittenSeries, 'labels', Label>(1, 'labels', label);
const samples = many<WrittenSeries, 'samples', WrittenSample>(2, 'samples', sample);
const readSeries = message<WrittenSeries>('TimeSeries', () => ({ labels: [], samples: [] }), [labels, samples]);
const readRequest = message<RequestMessage<WrittenSeries>>('WriteRequest', () => ({ series: [] }), [
  many<RequestMessage<WrittenSeries>, 'series', WrittenSeries>(1, 'series', readSeries),
]);

const noParts = (): SeriesMessage => ({ labels: [], samples: [], exemplars: [], histograms: [] });
const writeSeries = message<SeriesMessage>('TimeSeries', noParts, [
  many<SeriesMessage, 'labels', Label>(1, 'labels', label),
  many<SeriesMessage, 'samples', WrittenSample>(2, 'samples', sample),
  many<SeriesMessage, 'exemplars', WrittenExemplar>(3, 'exemplars', exemplarMessage),
  many<SeriesMessage, 'histograms', EncodedHistogram>(4, 'histograms', histogramMessage),
]);
const writeRequest = message<RequestMessage<SeriesMessage>>('WriteRequest', () => ({ series: [] }), [
  many<RequestMessage<SeriesMessage>, 'series', SeriesMessage>(1, 'series', writeSeries),
]);

/** Encodes series as a WriteRequest, not compressed. */
export function encodeWriteRequest(of: readonly WrittenSeries[]): Buffer {
  const writer = new ProtoWriter();
  const series = of.map(({ labels: pairs, samples: floats, exemplars = [], histograms = [] }) => ({
    labels: pairs,
    samples: floats,
    exemplars,
    histograms: histograms.map(toHistogramMessage),
  }));
  writeRequest.writeFields({ series }, writer);
  const bytes = writer.finish();
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Decodes a WriteRequest that is not compressed; histograms and exemplars are left out. @throws MalformedOtlp */
export function decodeWriteRequest(body: Buffer): readonly WrittenSeries[] {
  try {
    return readRequest.readFields(new ProtoReader(body), body.length, 0).series;
  } catch (error) {
    if (error instanceof MalformedOtlp) throw error;
    throw new MalformedOtlp(`no protobuf message: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function toFloat(bits: bigint): number {
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, bits);
  return view.getFloat64(0);
}
