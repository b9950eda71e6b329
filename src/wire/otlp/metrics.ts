// Metric and its `oneof data`.
// https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/metrics/v1/metrics.proto
import { keyValue } from './any-value.ts';
import { type Field, type MessageCodec, many, message, one } from './codec.ts';
import { exportRequest } from './common.ts';
import { exponentialPoint, histogramPoint, numberPoint, summaryPoint } from './metric-points.ts';
import { bool, enumeration, name, text } from './scalars.ts';
import type { KeyValue, Metric, MetricData } from './types.ts';

type DataOf<K extends MetricData['kind']> = Extract<MetricData, { kind: K }>;
type PointOf<K extends MetricData['kind']> = DataOf<K> extends { points: readonly (infer P)[] } ? P : never;

const temporality = enumeration(
  ['UNSPECIFIED', 'DELTA', 'CUMULATIVE'].map((name) => `AGGREGATION_TEMPORALITY_${name}`),
);

const dataFields: readonly Field<Metric>[] = [
  variant(5, 'gauge', numberPoint, { kind: 'gauge', points: [] }, []),
  variant(7, 'sum', numberPoint, { kind: 'sum', points: [], temporality: 0, isMonotonic: false }, [
    one<DataOf<'sum'>, 'temporality'>(2, 'temporality', temporality, 'aggregationTemporality'),
    one<DataOf<'sum'>, 'isMonotonic'>(3, 'isMonotonic', bool),
  ]),
  variant(9, 'histogram', histogramPoint, { kind: 'histogram', points: [], temporality: 0 }, [
    one<DataOf<'histogram'>, 'temporality'>(2, 'temporality', temporality, 'aggregationTemporality'),
  ]),
  variant(10, 'exponentialHistogram', exponentialPoint, { kind: 'exponentialHistogram', points: [], temporality: 0 }, [
    one<DataOf<'exponentialHistogram'>, 'temporality'>(2, 'temporality', temporality, 'aggregationTemporality'),
  ]),
  variant(11, 'summary', summaryPoint, { kind: 'summary', points: [] }, []),
];

const metric = message<Metric>(
  'Metric',
  () => ({ name: '', description: '', unit: '', data: { kind: 'none' }, metadata: [] }),
  [
    one(1, 'name', name),
    one(2, 'description', text),
    one(3, 'unit', text),
    ...dataFields,
    many<Metric, 'metadata', KeyValue>(12, 'metadata', keyValue),
  ],
);

export const metricsRequest = exportRequest(metric, {
  resources: 'resourceMetrics',
  scopes: 'scopeMetrics',
  records: 'metrics',
});

/** One arm of the oneof: a message with points and `more` fields, kept in `data` under its kind. */
function variant<K extends Exclude<MetricData['kind'], 'none'>>(
  number: number,
  kind: K,
  point: MessageCodec<PointOf<K>>,
  empty: DataOf<K>,
  more: readonly Field<DataOf<K>>[],
): Field<Metric> {
  const points = many<{ points: readonly PointOf<K>[] }, 'points', PointOf<K>>(1, 'points', point, 'dataPoints');
  const codec = message<DataOf<K>>(kind, () => ({ ...empty, points: [] }), [
    // Every kind but `none` has `points`, of exactly this type.
    points as unknown as Field<DataOf<K>>,
    ...more,
  ]);
  return {
    number,
    jsonName: kind,
    wire: codec.wire,
    packable: false,
    readProto(target, reader, depth) {
      target.data = codec.fromProto(reader, depth);
    },
    readJson(target, json, depth) {
      target.data = codec.fromJson(json, depth);
    },
    writeProto(source, writer) {
      if (source.data.kind !== kind) return;
      writer.writeTag(number, codec.wire);
      codec.toProto(source.data as DataOf<K>, writer); // its kind was compared just above
    },
    writeJson(source, out) {
      if (source.data.kind === kind) out[kind] = codec.toJson(source.data as DataOf<K>);
    },
  };
}
