// Prometheus remote write 1.0: series with samples as protobuf. Also the form in which scraped samples are logged.
// https://prometheus.io/docs/specs/prw/remote_write_spec/
import { many, message, one } from '../otlp/codec.ts';
import { MalformedOtlp } from '../otlp/malformed.ts';
import { ProtoReader } from '../otlp/proto-reader.ts';
import { ProtoWriter } from '../otlp/proto-writer.ts';
import { double, text } from '../otlp/scalars.ts';
import { histogramCodec, timeMsCodec, type WrittenHistogram } from './written-histogram.ts';
import { type MetadataMessage, metadataMessage, nameOfType, type WrittenMetadata } from './written-metadata.ts';
import { type WrittenValue, writtenValue } from './written-value.ts';

export type { WrittenValue } from './written-value.ts';

export interface WrittenSample {
  readonly value: WrittenValue;
  /** Milliseconds since 1970. */
  readonly timeMs: number;
}

export interface WrittenLabel {
  readonly name: string;
  readonly value: string;
}

export interface WrittenExemplar {
  readonly labels: readonly WrittenLabel[];
  readonly value: number;
  /** Milliseconds since 1970. */
  readonly timeMs: number;
}

export interface WrittenSeries {
  readonly labels: readonly WrittenLabel[];
  readonly samples: readonly WrittenSample[];
  readonly exemplars?: readonly WrittenExemplar[];
  readonly histograms?: readonly WrittenHistogram[];
}

type WholeSeries = Required<WrittenSeries>;

/** The message `Label`. */
const label = message<WrittenLabel>('Label', () => ({ name: '', value: '' }), [
  one(1, 'name', text),
  one(2, 'value', text),
]);
/** The message `Sample`, the same in both versions. */
export const sampleCodec = message<WrittenSample>('Sample', () => ({ value: 0, timeMs: 0 }), [
  one<WrittenSample, 'value'>(1, 'value', writtenValue),
  one(2, 'timeMs', timeMsCodec),
]);
const exemplar = message<WrittenExemplar>('Exemplar', () => ({ labels: [], value: 0, timeMs: 0 }), [
  many<WrittenExemplar, 'labels', WrittenLabel>(1, 'labels', label),
  one(2, 'value', double),
  one(3, 'timeMs', timeMsCodec),
]);
const series = message<WholeSeries>('TimeSeries', () => ({ labels: [], samples: [], exemplars: [], histograms: [] }), [
  many<WholeSeries, 'labels', WrittenLabel>(1, 'labels', label),
  many<WholeSeries, 'samples', WrittenSample>(2, 'samples', sampleCodec),
  many<WholeSeries, 'exemplars', WrittenExemplar>(3, 'exemplars', exemplar),
  many<WholeSeries, 'histograms', WrittenHistogram>(4, 'histograms', histogramCodec),
]);
interface WriteRequest {
  readonly series: readonly WholeSeries[];
}
const writeRequest = message<WriteRequest>('WriteRequest', () => ({ series: [] }), [
  many<WriteRequest, 'series', WholeSeries>(1, 'series', series),
]);

/** Encodes series as a WriteRequest, not compressed. */
export function encodeWriteRequest(of: readonly WrittenSeries[]): Buffer {
  const writer = new ProtoWriter();
  const whole = of.map((one) => ({ exemplars: [], histograms: [], ...one }));
  writeRequest.writeFields({ series: whole }, writer);
  const bytes = writer.finish();
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Decodes a WriteRequest that is not compressed. @throws MalformedOtlp */
export function decodeWriteRequest(body: Buffer): readonly WrittenSeries[] {
  return readingProtobuf(() => writeRequest.readFields(new ProtoReader(body), body.length, 0).series.map(trim));
}

interface DescribingRequest {
  readonly metadata: readonly MetadataMessage[];
}
const describingRequest = message<DescribingRequest>('WriteRequest', () => ({ metadata: [] }), [
  many<DescribingRequest, 'metadata', MetadataMessage>(3, 'metadata', metadataMessage),
]);

/** Reads what a WriteRequest says of metrics, and nothing else of it. @throws MalformedOtlp */
export function decodeWriteMetadata(body: Buffer): WrittenMetadata[] {
  const { metadata } = readingProtobuf(() => describingRequest.readFields(new ProtoReader(body), body.length, 0));
  return metadata.map(({ type, ...rest }) => ({ ...rest, type: nameOfType(type) }));
}

/** Most series have samples only. */
function trim({ exemplars, histograms, ...rest }: WholeSeries): WrittenSeries {
  return {
    ...rest,
    ...(exemplars.length > 0 ? { exemplars } : {}),
    ...(histograms.length > 0 ? { histograms } : {}),
  };
}

/** Turns what the protobuf reader throws into the one error of this folder. @throws MalformedOtlp */
export function readingProtobuf<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof MalformedOtlp) throw error;
    throw new MalformedOtlp(`no protobuf message: ${error instanceof Error ? error.message : String(error)}`);
  }
}
