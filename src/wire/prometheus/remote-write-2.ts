// Prometheus remote write 2.0: as 1.0, with every text in one table of symbols, and with what a metric says of itself.
// https://prometheus.io/docs/specs/prw/remote_write_spec_2_0/
import { type MessageCodec, many, message, one } from '../otlp/codec.ts';
import { MalformedOtlp } from '../otlp/malformed.ts';
import { ProtoReader } from '../otlp/proto-reader.ts';
import { double, text, uint32 } from '../otlp/scalars.ts';
import {
  readingProtobuf,
  sampleCodec,
  type WrittenExemplar,
  type WrittenLabel,
  type WrittenSample,
  type WrittenSeries,
} from './remote-write.ts';
import { histogramCodec, timeMsCodec, type WrittenHistogram } from './written-histogram.ts';
import { nameOfType, type WrittenMetadata } from './written-metadata.ts';

export interface WriteRequest2 {
  readonly series: readonly WrittenSeries[];
  readonly metadata: readonly WrittenMetadata[];
}

interface RawExemplar {
  readonly labelRefs: readonly number[];
  readonly value: number;
  readonly timeMs: number;
}

interface RawMetadata {
  readonly type: number;
  readonly helpRef: number;
  readonly unitRef: number;
}

interface RawSeries {
  readonly labelRefs: readonly number[];
  readonly samples: readonly WrittenSample[];
  readonly histograms: readonly WrittenHistogram[];
  readonly exemplars: readonly RawExemplar[];
  readonly metadata: RawMetadata | undefined;
}

interface RawRequest {
  readonly symbols: readonly string[];
  readonly series: readonly RawSeries[];
}

const exemplar = message<RawExemplar>('Exemplar', () => ({ labelRefs: [], value: 0, timeMs: 0 }), [
  many<RawExemplar, 'labelRefs', number>(1, 'labelRefs', uint32),
  one(2, 'value', double),
  one(3, 'timeMs', timeMsCodec),
]);
const metadata: MessageCodec<RawMetadata> = message('Metadata', () => ({ type: 0, helpRef: 0, unitRef: 0 }), [
  one(1, 'type', uint32),
  one(3, 'helpRef', uint32),
  one(4, 'unitRef', uint32),
]);
const series = message<RawSeries>(
  'TimeSeries',
  () => ({ labelRefs: [], samples: [], histograms: [], exemplars: [], metadata: undefined }),
  [
    many<RawSeries, 'labelRefs', number>(1, 'labelRefs', uint32),
    many<RawSeries, 'samples', WrittenSample>(2, 'samples', sampleCodec),
    many<RawSeries, 'histograms', WrittenHistogram>(3, 'histograms', histogramCodec),
    many<RawSeries, 'exemplars', RawExemplar>(4, 'exemplars', exemplar),
    one<RawSeries, 'metadata'>(5, 'metadata', metadata),
  ],
);
const request = message<RawRequest>('Request', () => ({ symbols: [], series: [] }), [
  many<RawRequest, 'symbols', string>(4, 'symbols', text),
  many<RawRequest, 'series', RawSeries>(5, 'series', series),
]);

/** Decodes a Request that is not compressed. @throws MalformedOtlp, also for a reference to no symbol */
export function decodeWriteRequest2(body: Buffer): WriteRequest2 {
  return readingProtobuf(() => resolve(request.readFields(new ProtoReader(body), body.length, 0)));
}

function resolve({ symbols, series: all }: RawRequest): WriteRequest2 {
  const textOf = (ref: number): string => {
    const symbol = symbols[ref];
    if (symbol === undefined) throw new MalformedOtlp(`there is no symbol ${ref}, only ${symbols.length}`);
    return symbol;
  };
  const labelsOf = (refs: readonly number[]): WrittenLabel[] => {
    if (refs.length % 2 !== 0) throw new MalformedOtlp('an odd number of label references');
    return refs.flatMap((ref, i) => (i % 2 === 0 ? [{ name: textOf(ref), value: textOf(refs[i + 1] ?? 0) }] : []));
  };
  const described: WrittenMetadata[] = [];
  const resolved = all.map((one): WrittenSeries => {
    const labels = labelsOf(one.labelRefs);
    const exemplars = one.exemplars.map(
      ({ labelRefs, value, timeMs }): WrittenExemplar => ({ labels: labelsOf(labelRefs), value, timeMs }),
    );
    if (one.metadata !== undefined) {
      const { type, helpRef, unitRef } = one.metadata;
      const name = labels.find((label) => label.name === '__name__')?.value ?? '';
      described.push({ name, type: nameOfType(type), help: textOf(helpRef), unit: textOf(unitRef) });
    }
    return {
      labels,
      samples: one.samples,
      ...(exemplars.length > 0 ? { exemplars } : {}),
      ...(one.histograms.length > 0 ? { histograms: one.histograms } : {}),
    };
  });
  return { series: resolved, metadata: described };
}
