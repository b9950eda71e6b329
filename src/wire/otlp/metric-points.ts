// Data points of metrics.
// https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/metrics/v1/metrics.proto
import { keyValue } from './any-value.ts';
import { type Codec, type Field, many, message, one } from './codec.ts';
import { count64, countVarint, double, hexId, optionalDouble, sfixed64, sint32, timeNs, uint32 } from './scalars.ts';
import type {
  Exemplar,
  ExponentialBuckets,
  ExponentialHistogramDataPoint,
  HistogramDataPoint,
  KeyValue,
  NumberDataPoint,
  SummaryDataPoint,
} from './types.ts';

type Value = number | bigint;
interface HoldsNumber {
  readonly value: Value | undefined;
  readonly isInt: boolean;
}

const noTimes = { startTimeUnixNano: 0n, timeUnixNano: 0n, flags: 0 };

export const exemplar = message<Exemplar>(
  'Exemplar',
  () => ({ filteredAttributes: [], timeUnixNano: 0n, value: 0, isInt: false, traceId: '', spanId: '' }),
  [
    one(2, 'timeUnixNano', timeNs),
    ...numberFields<Exemplar>({ asDouble: 3, asInt: 6 }),
    one(4, 'spanId', hexId(8)),
    one(5, 'traceId', hexId(16)),
    many<Exemplar, 'filteredAttributes', KeyValue>(7, 'filteredAttributes', keyValue),
  ],
);

export const numberPoint = message<NumberDataPoint>(
  'NumberDataPoint',
  () => ({ ...noTimes, attributes: [], value: undefined, isInt: false, exemplars: [] }),
  [
    many<NumberDataPoint, 'attributes', KeyValue>(7, 'attributes', keyValue),
    one(2, 'startTimeUnixNano', timeNs),
    one(3, 'timeUnixNano', timeNs),
    ...numberFields<NumberDataPoint>({ asDouble: 4, asInt: 6 }),
    many<NumberDataPoint, 'exemplars', Exemplar>(5, 'exemplars', exemplar),
    one(8, 'flags', uint32),
  ],
);

const noStatistics = { count: 0, sum: undefined, min: undefined, max: undefined };

export const histogramPoint = message<HistogramDataPoint>(
  'HistogramDataPoint',
  () => ({ ...noTimes, ...noStatistics, attributes: [], bucketCounts: [], explicitBounds: [], exemplars: [] }),
  [
    many<HistogramDataPoint, 'attributes', KeyValue>(9, 'attributes', keyValue),
    one(2, 'startTimeUnixNano', timeNs),
    one(3, 'timeUnixNano', timeNs),
    one(4, 'count', count64),
    one(5, 'sum', optionalDouble),
    many<HistogramDataPoint, 'bucketCounts', number>(6, 'bucketCounts', count64),
    many<HistogramDataPoint, 'explicitBounds', number>(7, 'explicitBounds', double),
    many<HistogramDataPoint, 'exemplars', Exemplar>(8, 'exemplars', exemplar),
    one(10, 'flags', uint32),
    one(11, 'min', optionalDouble),
    one(12, 'max', optionalDouble),
  ],
);

const buckets = message<ExponentialBuckets>('Buckets', () => ({ offset: 0, bucketCounts: [] }), [
  one(1, 'offset', sint32),
  many<ExponentialBuckets, 'bucketCounts', number>(2, 'bucketCounts', countVarint),
]);

export const exponentialPoint = message<ExponentialHistogramDataPoint>(
  'ExponentialHistogramDataPoint',
  () => ({
    ...noTimes,
    ...noStatistics,
    attributes: [],
    scale: 0,
    zeroCount: 0,
    zeroThreshold: 0,
    positive: undefined,
    negative: undefined,
    exemplars: [],
  }),
  [
    many<ExponentialHistogramDataPoint, 'attributes', KeyValue>(1, 'attributes', keyValue),
    one(2, 'startTimeUnixNano', timeNs),
    one(3, 'timeUnixNano', timeNs),
    one(4, 'count', count64),
    one(5, 'sum', optionalDouble),
    one(6, 'scale', sint32),
    one(7, 'zeroCount', count64),
    one(8, 'positive', buckets),
    one(9, 'negative', buckets),
    one(10, 'flags', uint32),
    many<ExponentialHistogramDataPoint, 'exemplars', Exemplar>(11, 'exemplars', exemplar),
    one(12, 'min', optionalDouble),
    one(13, 'max', optionalDouble),
    one(14, 'zeroThreshold', double),
  ],
);

type QuantileValue = SummaryDataPoint['quantileValues'][number];
const quantileValue = message<QuantileValue>('ValueAtQuantile', () => ({ quantile: 0, value: 0 }), [
  one(1, 'quantile', double),
  one(2, 'value', double),
]);

export const summaryPoint = message<SummaryDataPoint>(
  'SummaryDataPoint',
  () => ({ ...noTimes, attributes: [], count: 0, sum: 0, quantileValues: [] }),
  [
    many<SummaryDataPoint, 'attributes', KeyValue>(7, 'attributes', keyValue),
    one(2, 'startTimeUnixNano', timeNs),
    one(3, 'timeUnixNano', timeNs),
    one(4, 'count', count64),
    one(5, 'sum', double),
    many<SummaryDataPoint, 'quantileValues', QuantileValue>(6, 'quantileValues', quantileValue),
    one(8, 'flags', uint32),
  ],
);

/** The `oneof value { as_double, as_int }` of points and exemplars, which obs keeps as value and isInt. */
function numberFields<T extends HoldsNumber>(numbers: { asDouble: number; asInt: number }): readonly Field<T>[] {
  const variant = (number: number, jsonName: string, codec: Codec<Value>, isInt: boolean): Field<T> => ({
    number,
    jsonName,
    wire: codec.wire,
    packable: false,
    readProto: (target, reader, depth) => assign(target, codec.fromProto(reader, depth), isInt),
    readJson: (target, json, depth) => assign(target, codec.fromJson(json, depth), isInt),
    writeProto(source, writer) {
      if (source.value === undefined || source.isInt !== isInt) return;
      writer.writeTag(number, codec.wire);
      codec.toProto(source.value, writer);
    },
    writeJson(source, out) {
      if (source.value !== undefined && source.isInt === isInt) out[jsonName] = codec.toJson(source.value);
    },
  });
  // A point with isInt false holds a number: only the asInt variant ever stores a bigint.
  return [
    variant(numbers.asDouble, 'asDouble', double as unknown as Codec<Value>, false),
    variant(numbers.asInt, 'asInt', sfixed64, true),
  ];
}

function assign(target: { value: Value | undefined; isInt: boolean }, value: Value, isInt: boolean): void {
  target.value = value;
  target.isInt = isInt;
}
