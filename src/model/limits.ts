// The one table of what the keeper takes and answers at most: name, default and setting of each limit, and which limit of a
// real server it is. The schema of obs.yaml, the reference, the checks and their error texts are all made from it.

export interface Limit {
  /** By which errors call it. */
  readonly name: string;
  readonly unit: 'bytes' | 'ms' | 'count';
  readonly default: number;
  /** What becomes of what is beyond it, and which limit of a real server that mirrors. */
  readonly beyond: string;
}

const kibibyte = 1024;
const mebibyte = 1024 * kibibyte;

export const limitTable = {
  body: {
    name: 'body size',
    unit: 'bytes',
    // Four times what SDKs send at most by default (4 MiB over gRPC), and eight for spare.
    default: 32 * mebibyte,
    beyond: '413, as Loki (max_recv_msg_size); over gRPC RESOURCE_EXHAUSTED',
  },
  decompressedBody: {
    name: 'decompressed body size',
    unit: 'bytes',
    default: 32 * mebibyte,
    beyond: '413, as Loki; over gRPC RESOURCE_EXHAUSTED',
  },
  heldBodies: {
    name: 'bodies held at once',
    unit: 'bytes',
    default: 128 * mebibyte,
    beyond: '503 with Retry-After',
  },
  concurrentRequests: {
    name: 'requests at once on a port',
    unit: 'count',
    default: 256,
    beyond: '429 on the ports of Loki and Tempo, as their frontends; 503 with Retry-After on the others',
  },
  lineLength: {
    name: 'line length',
    unit: 'bytes',
    default: 256 * kibibyte,
    beyond: '400 for the line, the others are kept, as Loki (max_line_size); over OTLP a partial success',
  },
  streamLabels: {
    name: 'labels of a stream',
    unit: 'count',
    default: 15,
    beyond: '400 for the stream, as Loki (max_label_names_per_series); over OTLP a partial success',
  },
  labelName: {
    name: 'length of a label name',
    unit: 'bytes',
    default: kibibyte,
    beyond: '400 for the stream or series, as Loki (max_label_name_length) and Mimir',
  },
  streamLabelValue: {
    name: "length of a stream's label value",
    unit: 'bytes',
    default: 2 * kibibyte,
    beyond: '400 for the stream, as Loki (max_label_value_length); over OTLP a partial success',
  },
  lineMetadata: {
    name: 'structured metadata of a line',
    unit: 'count',
    default: 128,
    beyond: '400 for the line, as Loki (max_structured_metadata_entries_count); over OTLP a partial success',
  },
  lineMetadataSize: {
    name: "size of a line's structured metadata",
    unit: 'bytes',
    default: 64 * kibibyte,
    beyond: '400 for the line, as Loki (max_structured_metadata_size); over OTLP a partial success',
  },
  aheadOfClock: {
    name: 'time ahead of the clock',
    unit: 'ms',
    default: 600_000,
    beyond: '400 for the line, the others are kept, as Loki (creation_grace_period); over OTLP a partial success',
  },
  streams: {
    name: 'streams',
    unit: 'count',
    default: 5_000,
    beyond: '429 for lines of further streams, as Loki (max_global_streams_per_user); over OTLP a partial success',
  },
  series: {
    name: 'series',
    unit: 'count',
    default: 500_000,
    beyond: '400 for samples of further series, as Mimir (max_global_series_per_user); over OTLP a partial success',
  },
  seriesLabels: {
    name: 'labels of a series',
    unit: 'count',
    default: 256,
    beyond: '400 for the series, as Mimir (max_label_names_per_series); over OTLP a partial success',
  },
  seriesLabelValue: {
    name: "length of a series' label value",
    unit: 'bytes',
    // Command lines of Java programs are attributes, and so labels of target_info.
    default: 64 * kibibyte,
    beyond: '400 for the series, as Mimir (max_label_value_length); over OTLP a partial success',
  },
  page: {
    name: 'metrics page',
    unit: 'bytes',
    default: 16 * mebibyte,
    beyond: 'the scrape fails and `up` is 0, as Prometheus (body_size_limit)',
  },
  pageSamples: {
    name: 'samples of a metrics page',
    unit: 'count',
    default: 100_000,
    beyond: 'the scrape fails and `up` is 0, as Prometheus (sample_limit)',
  },
  spanAttributes: {
    name: 'attributes of a span',
    unit: 'count',
    default: 1_000,
    beyond: 'the span is left out, with a partial success',
  },
  spansPerTrace: {
    name: 'spans of a trace',
    unit: 'count',
    default: 100_000,
    beyond: 'further spans are left out, as Tempo (max_bytes_per_trace), with a partial success',
  },
  queryTime: {
    name: 'query time',
    unit: 'ms',
    default: 120_000,
    beyond: '503 from Prometheus (query.timeout), 504 from Loki (query_timeout) and Tempo',
  },
  querySamples: {
    name: 'samples of a query',
    unit: 'count',
    // Less than the 50 million of a Prometheus of its own: a sample on the grid takes nine bytes.
    default: 20_000_000,
    beyond: '422, as Prometheus (query.max-samples)',
  },
  queryRows: {
    name: 'lines of an answer',
    unit: 'count',
    default: 5_000,
    beyond: '400, as Loki (max_entries_limit_per_query)',
  },
  queryTraces: {
    name: 'traces of an answer',
    unit: 'count',
    default: 262_144,
    beyond: '400, as Tempo (max_result_limit)',
  },
  querySeries: {
    name: 'series of a LogQL answer',
    unit: 'count',
    default: 500,
    beyond: '400, as Loki (max_query_series)',
  },
  querySteps: {
    name: 'steps of a query',
    unit: 'count',
    default: 11_000,
    beyond: '400, as Prometheus and Loki, and for TraceQL as Tempo, which draws the line at 10,000 by itself',
  },
  forwardQueue: {
    name: 'forward queue',
    unit: 'bytes',
    // Some minutes of a busy app.
    default: 16 * mebibyte,
    beyond: '503, and `obs status` counts it; what waits for each signal of a real server (docker, native, remote)',
  },
  tails: {
    name: 'tails at once',
    unit: 'count',
    default: 100,
    beyond: '400, as Loki (max_concurrent_tail_requests)',
  },
} as const satisfies Record<string, Limit>;

export type LimitName = keyof typeof limitTable;

/** The values in force, in bytes, milliseconds or numbers of things. */
export type Bounds = Readonly<Record<LimitName, number>>;

// The table's keys are names of limits.
export const limitNames = Object.keys(limitTable) as readonly LimitName[];

/** Values for all limits: those given, else the defaults. Whatever else is given is left out. */
export function fillBounds(given: Readonly<Partial<Record<string, number>>> = {}): Bounds {
  const entries = limitNames.map((name) => [name, given[name] ?? limitTable[name].default]);
  return Object.fromEntries(entries) as Bounds; // made from all names
}

/** A limit for people: `limit: line length, 256 KiB; limits.lineLength in obs.yaml`. */
export function describeLimit(limit: LimitName, bounds: Bounds): string {
  return `limit: ${limitTable[limit].name}, ${formatBound(limit, bounds[limit])}; limits.${limit} in obs.yaml`;
}

/** A value as obs.yaml takes it: `256KiB` with a space, `120s`, `500`. */
export function formatBound(limit: LimitName, value: number): string {
  const { unit } = limitTable[limit];
  if (unit === 'ms') return value % 1000 === 0 ? `${value / 1000}s` : `${value}ms`;
  if (unit === 'count') return String(value);
  if (value % mebibyte === 0) return `${value / mebibyte} MiB`;
  return value % kibibyte === 0 ? `${value / kibibyte} KiB` : `${value} B`;
}
