// A metrics page as protobuf: messages of the type MetricFamily, each after its length. It is the one format that has native
// histograms. What becomes of each family is what Prometheus makes of it.
// https://github.com/prometheus/client_model/blob/master/io/prometheus/client/metrics.proto
import { many, message, one } from '../otlp/codec.ts';
import { MalformedOtlp } from '../otlp/malformed.ts';
import { ProtoReader } from '../otlp/proto-reader.ts';
import { countVarint, double, int64, optionalDouble, sint32, text, uint32 } from '../otlp/scalars.ts';
import {
  type BucketSpan,
  bucketSpan,
  fromRaw,
  type RawHistogram,
  sint64,
  timeMsCodec,
} from '../prometheus/written-histogram.ts';
import { formatBound } from './bound.ts';
import { MalformedExposition } from './line-scanner.ts';
import {
  type ExposedExemplar,
  type ExposedFamily,
  type ExposedSample,
  type ExpositionPage,
  failBeyond,
  type SampleLimit,
} from './page.ts';

interface Label {
  readonly name: string;
  readonly value: string;
}
interface Timestamp {
  readonly seconds: number | bigint;
  readonly nanos: number;
}
interface Exemplar {
  readonly labels: readonly Label[];
  readonly value: number;
  readonly time: Timestamp | undefined;
}
interface Single {
  readonly value: number;
  readonly exemplar: Exemplar | undefined;
}
interface Quantile {
  readonly quantile: number;
  readonly value: number;
}
interface Summary {
  readonly count: number;
  readonly sum: number;
  readonly quantiles: readonly Quantile[];
}
interface Bucket {
  readonly count: number;
  readonly countFloat: number;
  readonly upperBound: number;
  readonly exemplar: Exemplar | undefined;
}
interface Histogram extends Omit<RawHistogram, 'sum' | 'resetHint' | 'timeMs' | 'customValues'> {
  readonly sum: number;
  readonly buckets: readonly Bucket[];
  readonly exemplars: readonly Exemplar[];
}
interface Metric {
  readonly labels: readonly Label[];
  readonly gauge: Single | undefined;
  readonly counter: Single | undefined;
  readonly summary: Summary | undefined;
  readonly untyped: Single | undefined;
  readonly timeMs: number | undefined;
  readonly histogram: Histogram | undefined;
}
interface Family {
  readonly name: string;
  readonly help: string;
  readonly type: number;
  readonly metrics: readonly Metric[];
  readonly unit: string;
}

const label = message<Label>('LabelPair', () => ({ name: '', value: '' }), [
  one(1, 'name', text),
  one(2, 'value', text),
]);
const timestamp = message<Timestamp>('Timestamp', () => ({ seconds: 0, nanos: 0 }), [
  one(1, 'seconds', int64),
  one(2, 'nanos', countVarint),
]);
const exemplar = message<Exemplar>('Exemplar', () => ({ labels: [], value: 0, time: undefined }), [
  many<Exemplar, 'labels', Label>(1, 'labels', label),
  one(2, 'value', double),
  one<Exemplar, 'time'>(3, 'time', timestamp),
]);
const single = message<Single>('Gauge', () => ({ value: 0, exemplar: undefined }), [
  one(1, 'value', double),
  one<Single, 'exemplar'>(2, 'exemplar', exemplar),
]);
const quantile = message<Quantile>('Quantile', () => ({ quantile: 0, value: 0 }), [
  one(1, 'quantile', double),
  one(2, 'value', double),
]);
const summary = message<Summary>('Summary', () => ({ count: 0, sum: 0, quantiles: [] }), [
  one(1, 'count', countVarint),
  one(2, 'sum', double),
  many<Summary, 'quantiles', Quantile>(3, 'quantiles', quantile),
]);
const bucket = message<Bucket>('Bucket', () => ({ count: 0, countFloat: 0, upperBound: 0, exemplar: undefined }), [
  one(1, 'count', countVarint),
  one(2, 'upperBound', double),
  one<Bucket, 'exemplar'>(3, 'exemplar', exemplar),
  one(4, 'countFloat', optionalDouble),
]);
const histogram = message<Histogram>('Histogram', newHistogram, [
  one(1, 'countInt', countVarint),
  one(2, 'sum', double),
  many<Histogram, 'buckets', Bucket>(3, 'buckets', bucket),
  one(4, 'countFloat', optionalDouble),
  one(5, 'schema', sint32),
  one(6, 'zeroThreshold', double),
  one(7, 'zeroCountInt', countVarint),
  one(8, 'zeroCountFloat', optionalDouble),
  many<Histogram, 'negativeSpans', BucketSpan>(9, 'negativeSpans', bucketSpan),
  many<Histogram, 'negativeDeltas', number>(10, 'negativeDeltas', sint64),
  many<Histogram, 'negativeCounts', number>(11, 'negativeCounts', double),
  many<Histogram, 'positiveSpans', BucketSpan>(12, 'positiveSpans', bucketSpan),
  many<Histogram, 'positiveDeltas', number>(13, 'positiveDeltas', sint64),
  many<Histogram, 'positiveCounts', number>(14, 'positiveCounts', double),
  many<Histogram, 'exemplars', Exemplar>(16, 'exemplars', exemplar),
]);
const metric = message<Metric>('Metric', newMetric, [
  many<Metric, 'labels', Label>(1, 'labels', label),
  one<Metric, 'gauge'>(2, 'gauge', single),
  one<Metric, 'counter'>(3, 'counter', single),
  one<Metric, 'summary'>(4, 'summary', summary),
  one<Metric, 'untyped'>(5, 'untyped', single),
  one<Metric, 'timeMs'>(6, 'timeMs', timeMsCodec),
  one<Metric, 'histogram'>(7, 'histogram', histogram),
]);
const family = message<Family>('MetricFamily', () => ({ name: '', help: '', type: 0, metrics: [], unit: '' }), [
  one(1, 'name', text),
  one(2, 'help', text),
  one(3, 'type', uint32),
  many<Family, 'metrics', Metric>(4, 'metrics', metric),
  one(5, 'unit', text),
]);

function newHistogram(): Histogram {
  return {
    countInt: 0,
    countFloat: 0,
    sum: 0,
    buckets: [],
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
    exemplars: [],
  };
}

function newMetric(): Metric {
  return {
    labels: [],
    gauge: undefined,
    counter: undefined,
    summary: undefined,
    untyped: undefined,
    timeMs: undefined,
    histogram: undefined,
  };
}

const gaugeHistogram = 5;
const typeNames = ['counter', 'gauge', 'summary', 'unknown', 'histogram', 'gaugehistogram'] as const;

/** Reads a page whole. @throws MalformedExposition */
export function readProtobufPage(body: Buffer, limit: SampleLimit): ExpositionPage {
  const families: ExposedFamily[] = [];
  const samples: ExposedSample[] = [];
  for (const { name, help, type, unit, metrics } of readFamilies(body)) {
    families.push({ name, help, unit, type: typeNames[type] ?? 'unknown' });
    for (const one of metrics) {
      samples.push(...samplesOf(one, name, type));
      failBeyond(samples.length, limit);
    }
  }
  return { samples, families };
}

function readFamilies(body: Buffer): Family[] {
  const reader = new ProtoReader(body);
  const found: Family[] = [];
  try {
    while (reader.pos < body.length) {
      const outerEnd = reader.enter();
      found.push(family.readFields(reader, reader.end, 0));
      reader.leave(outerEnd);
    }
  } catch (error) {
    // What the reader throws, and a DataView that was asked for more than there is.
    const isKnown = error instanceof MalformedOtlp || error instanceof RangeError || isPlain(error);
    if (!isKnown) throw error;
    throw new MalformedExposition(`no metrics in protobuf: ${error.message}`);
  }
  return found;
}

function isPlain(error: unknown): error is Error {
  return error instanceof Error && Object.getPrototypeOf(error) === Error.prototype;
}

function samplesOf(of: Metric, name: string, type: number): ExposedSample[] {
  const timeMs = of.timeMs === 0 ? undefined : of.timeMs;
  const labels = of.labels.map((pair) => [pair.name, pair.value] as const);
  const make = (suffix: string, value: number, more: Extra = {}): ExposedSample => ({
    name: name + suffix,
    labels: more.label === undefined ? labels : [...labels, more.label],
    value,
    timeMs,
    ...(more.exemplars === undefined || more.exemplars.length === 0 ? {} : { exemplars: more.exemplars }),
  });
  const plain = of.counter ?? of.gauge ?? of.untyped;
  if (plain !== undefined) return [make('', plain.value, { exemplars: readExemplars([plain.exemplar]) })];
  if (of.summary !== undefined) return summarySamples(of.summary, make);
  if (of.histogram === undefined) return [];
  if (!isNative(of.histogram)) return classicSamples(of.histogram, make);
  return [{ ...make('', 0), ...nativeSample(of.histogram, type === gaugeHistogram ? 'gauge' : 'unknown') }];
}

interface Extra {
  readonly label?: readonly [string, string];
  readonly exemplars?: readonly ExposedExemplar[];
}
type MakeSample = (suffix: string, value: number, more?: Extra) => ExposedSample;

function summarySamples({ count, sum, quantiles }: Summary, make: MakeSample): ExposedSample[] {
  return [
    make('_count', count),
    make('_sum', sum),
    ...quantiles.map((one) => make('', one.value, { label: ['quantile', formatBound(one.quantile)] })),
  ];
}

function classicSamples(of: Histogram, make: MakeSample): ExposedSample[] {
  const count = of.countInt + of.countFloat;
  const buckets = of.buckets.map((one) =>
    make('_bucket', one.count + one.countFloat, {
      label: ['le', formatBound(one.upperBound)],
      exemplars: readExemplars([one.exemplar]),
    }),
  );
  // The last bucket may be left out: it is the count.
  const isWhole = of.buckets.at(-1)?.upperBound === Number.POSITIVE_INFINITY;
  const last = isWhole ? [] : [make('_bucket', count, { label: ['le', '+Inf'] })];
  return [make('_count', count), make('_sum', of.sum), ...buckets, ...last];
}

// A histogram that has no place for a single native bucket is a classic one.
function isNative({ positiveSpans, negativeSpans, zeroThreshold, zeroCountInt, zeroCountFloat }: Histogram): boolean {
  return (
    positiveSpans.length > 0 || negativeSpans.length > 0 || zeroThreshold > 0 || zeroCountInt > 0 || zeroCountFloat > 0
  );
}

function nativeSample(of: Histogram, hint: 'gauge' | 'unknown'): Pick<ExposedSample, 'histogram' | 'exemplars'> {
  const { histogram: read } = fromRaw({ ...of, resetHint: 0, timeMs: 0, customValues: [] });
  // Exemplars of its own first, else those of its classic buckets; without a time they cannot be put in order.
  const given = of.exemplars.length > 0 ? of.exemplars : of.buckets.map((one) => one.exemplar);
  const exemplars = readExemplars(given.filter((one) => one?.time !== undefined));
  return {
    ...(read === undefined ? {} : { histogram: { ...read, hint } }),
    ...(exemplars.length > 0 ? { exemplars } : {}),
  };
}

function readExemplars(given: readonly (Exemplar | undefined)[]): ExposedExemplar[] {
  return given.flatMap((one) => {
    if (one === undefined) return [];
    const labels = one.labels.map((pair) => [pair.name, pair.value] as const);
    const timeMs = one.time && Number(one.time.seconds) * 1000 + Math.floor(one.time.nanos / 1e6);
    return [{ labels, value: one.value, timeMs }];
  });
}
