// What a metric says of itself in remote write 1.0: a list beside the series.
// https://github.com/prometheus/prometheus/blob/main/prompb/types.proto
import { message, one } from '../otlp/codec.ts';
import { text, uint32 } from '../otlp/scalars.ts';

/** Type, unit and help of a metric. */
export interface WrittenMetadata {
  readonly name: string;
  readonly type: string;
  readonly unit: string;
  readonly help: string;
}

/** By the number of the enum, which is the same in both versions. */
const types = ['unknown', 'counter', 'gauge', 'histogram', 'gaugehistogram', 'summary', 'info', 'stateset'] as const;

/** The name of a type; `unknown` for numbers of the future. */
export function nameOfType(number: number): string {
  return types[number] ?? 'unknown';
}

interface RawMetadata {
  readonly type: number;
  readonly name: string;
  readonly help: string;
  readonly unit: string;
}

/** The message `MetricMetadata`. */
export const metadataMessage = message<RawMetadata>(
  'MetricMetadata',
  () => ({ type: 0, name: '', help: '', unit: '' }),
  [one(1, 'type', uint32), one(2, 'name', text), one(4, 'help', text), one(5, 'unit', text)],
);
export type MetadataMessage = RawMetadata;
