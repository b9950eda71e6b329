// OTLP export requests after decoding, the same whether they came as protobuf or JSON.
// Follows opentelemetry-proto v1; enum values are the numbers of the .proto files. Times are nanoseconds since 1970 as
// bigint (0n: not set); ids are lower-case hex (empty: not set). Decoders share one object per resource and scope, so
// consumers may use their identity as a cache key within a request.

export type AnyValue =
  | { readonly kind: 'empty' }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'bool'; readonly value: boolean }
  /** A 64-bit integer; number when it is safe, else bigint. */
  | { readonly kind: 'int'; readonly value: number | bigint }
  | { readonly kind: 'double'; readonly value: number }
  | { readonly kind: 'bytes'; readonly value: Uint8Array }
  | { readonly kind: 'array'; readonly value: readonly AnyValue[] }
  | { readonly kind: 'kvlist'; readonly value: readonly KeyValue[] };

export interface KeyValue {
  readonly key: string;
  readonly value: AnyValue;
}

export interface Resource {
  readonly attributes: readonly KeyValue[];
  readonly droppedAttributesCount: number;
}

export interface Scope {
  readonly name: string;
  readonly version: string;
  readonly attributes: readonly KeyValue[];
  readonly droppedAttributesCount: number;
}

export interface LogRecord {
  readonly timeUnixNano: bigint;
  readonly observedTimeUnixNano: bigint;
  readonly severityNumber: number;
  readonly severityText: string;
  readonly body: AnyValue;
  readonly attributes: readonly KeyValue[];
  readonly droppedAttributesCount: number;
  readonly flags: number;
  readonly traceId: string;
  readonly spanId: string;
  readonly eventName: string;
}

export interface SpanEvent {
  readonly timeUnixNano: bigint;
  readonly name: string;
  readonly attributes: readonly KeyValue[];
  readonly droppedAttributesCount: number;
}

export interface SpanLink {
  readonly traceId: string;
  readonly spanId: string;
  readonly traceState: string;
  readonly attributes: readonly KeyValue[];
  readonly droppedAttributesCount: number;
  readonly flags: number;
}

export interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly traceState: string;
  readonly parentSpanId: string;
  readonly flags: number;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: bigint;
  readonly endTimeUnixNano: bigint;
  readonly attributes: readonly KeyValue[];
  readonly droppedAttributesCount: number;
  readonly events: readonly SpanEvent[];
  readonly droppedEventsCount: number;
  readonly links: readonly SpanLink[];
  readonly droppedLinksCount: number;
  /** Code 0 unset, 1 ok, 2 error. */
  readonly status: { readonly code: number; readonly message: string };
}

export interface Exemplar {
  readonly filteredAttributes: readonly KeyValue[];
  readonly timeUnixNano: bigint;
  readonly value: number | bigint;
  readonly isInt: boolean;
  readonly traceId: string;
  readonly spanId: string;
}

interface PointBase {
  readonly attributes: readonly KeyValue[];
  readonly startTimeUnixNano: bigint;
  readonly timeUnixNano: bigint;
  readonly flags: number;
}

export interface NumberDataPoint extends PointBase {
  /** undefined when the point carries none. */
  readonly value: number | bigint | undefined;
  readonly isInt: boolean;
  readonly exemplars: readonly Exemplar[];
}

export interface HistogramDataPoint extends PointBase {
  readonly count: number;
  readonly sum: number | undefined;
  readonly bucketCounts: readonly number[];
  readonly explicitBounds: readonly number[];
  readonly min: number | undefined;
  readonly max: number | undefined;
  readonly exemplars: readonly Exemplar[];
}

export interface ExponentialBuckets {
  readonly offset: number;
  readonly bucketCounts: readonly number[];
}

export interface ExponentialHistogramDataPoint extends PointBase {
  readonly count: number;
  readonly sum: number | undefined;
  readonly scale: number;
  readonly zeroCount: number;
  readonly zeroThreshold: number;
  readonly positive: ExponentialBuckets | undefined;
  readonly negative: ExponentialBuckets | undefined;
  readonly min: number | undefined;
  readonly max: number | undefined;
  readonly exemplars: readonly Exemplar[];
}

export interface SummaryDataPoint extends PointBase {
  readonly count: number;
  readonly sum: number;
  readonly quantileValues: readonly { readonly quantile: number; readonly value: number }[];
}

/** 0 unspecified, 1 delta, 2 cumulative. */
export type Temporality = number;

export type MetricData =
  | { readonly kind: 'none' }
  | { readonly kind: 'gauge'; readonly points: readonly NumberDataPoint[] }
  | {
      readonly kind: 'sum';
      readonly points: readonly NumberDataPoint[];
      readonly temporality: Temporality;
      readonly isMonotonic: boolean;
    }
  | { readonly kind: 'histogram'; readonly points: readonly HistogramDataPoint[]; readonly temporality: Temporality }
  | {
      readonly kind: 'exponentialHistogram';
      readonly points: readonly ExponentialHistogramDataPoint[];
      readonly temporality: Temporality;
    }
  | { readonly kind: 'summary'; readonly points: readonly SummaryDataPoint[] };

export interface Metric {
  readonly name: string;
  readonly description: string;
  readonly unit: string;
  readonly data: MetricData;
  readonly metadata: readonly KeyValue[];
}

export interface ScopeGroup<T> {
  readonly scope: Scope;
  readonly schemaUrl: string;
  readonly items: readonly T[];
}

export interface ResourceGroup<T> {
  readonly resource: Resource;
  readonly schemaUrl: string;
  readonly scopes: readonly ScopeGroup<T>[];
}

/** One export request of a signal. */
export type ExportRequest<T> = readonly ResourceGroup<T>[];
export type LogsRequest = ExportRequest<LogRecord>;
export type MetricsRequest = ExportRequest<Metric>;
export type TracesRequest = ExportRequest<Span>;
