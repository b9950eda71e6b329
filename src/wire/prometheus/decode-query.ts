// Answers of Prometheus's query endpoints → series. Loki answers metric queries in the same form.
// https://prometheus.io/docs/prometheus/latest/querying/api/#expression-query-result-formats
import { asArray, asNumber, asRecord, asText, asTextRecord, asTexts } from '../../std/json-value.ts';

/** A native histogram sample: its count and sum; the buckets as `[boundary rule, low, high, count]`. */
export interface HistogramValue {
  readonly count: number;
  readonly sum: number;
  readonly buckets: readonly (readonly [number, number, number, number])[];
}

export interface Point {
  readonly atMs: number;
  /** NaN for a histogram sample. */
  readonly value: number;
  readonly histogram?: HistogramValue;
}

export interface Series {
  readonly labels: Readonly<Record<string, string>>;
  readonly points: readonly Point[];
}

export interface QueryAnswer {
  readonly resultType: string;
  /** A scalar is one series without labels. */
  readonly series: readonly Series[];
  /** The text of a string result. */
  readonly text: string | null;
  readonly warnings: readonly string[];
  readonly infos: readonly string[];
}

/** Reads the body of `query` or `query_range`; unknown fields are passed over. */
export function decodeQuery(body: unknown): QueryAnswer {
  const whole = asRecord(body);
  const data = asRecord(whole.data);
  const resultType = asText(data.resultType);
  const common = { resultType, warnings: asTexts(whole.warnings), infos: asTexts(whole.infos) };
  if (resultType === 'string') return { ...common, series: [], text: asText(asArray(data.result)[1]) };
  if (resultType === 'scalar')
    return { ...common, series: [{ labels: {}, points: [decodePoint(data.result)] }], text: null };
  return { ...common, series: asArray(data.result).map(decodeSeries), text: null };
}

function decodeSeries(json: unknown): Series {
  const one = asRecord(json);
  const points = [
    ...(one.value === undefined ? [] : [decodePoint(one.value)]),
    ...asArray(one.values).map(decodePoint),
    ...(one.histogram === undefined ? [] : [decodeHistogramPoint(one.histogram)]),
    ...asArray(one.histograms).map(decodeHistogramPoint),
  ];
  return { labels: asTextRecord(one.metric), points: points.sort((a, b) => a.atMs - b.atMs) };
}

function decodePoint(json: unknown): Point {
  const [seconds, value] = asArray(json);
  return { atMs: Math.round(asNumber(seconds) * 1000), value: asNumber(value, Number.NaN) };
}

function decodeHistogramPoint(json: unknown): Point {
  const [seconds, value] = asArray(json);
  const histogram = asRecord(value);
  return {
    atMs: Math.round(asNumber(seconds) * 1000),
    value: Number.NaN,
    histogram: {
      count: asNumber(histogram.count),
      sum: asNumber(histogram.sum),
      buckets: asArray(histogram.buckets).map(decodeBucket),
    },
  };
}

function decodeBucket(json: unknown): readonly [number, number, number, number] {
  const [rule, low, high, count] = asArray(json);
  return [asNumber(rule), asNumber(low), asNumber(high), asNumber(count)];
}

/** `{"metric": [{type, help, unit}]}` of the metadata endpoint. */
export interface MetricDescription {
  readonly type: string;
  readonly help: string;
  readonly unit: string;
}

/** Reads the body of `metadata`: the first description of each metric. */
export function decodeMetadata(body: unknown): ReadonlyMap<string, MetricDescription> {
  const entries = Object.entries(asRecord(asRecord(body).data)).map(([name, list]) => {
    const one = asRecord(asArray(list)[0]);
    return [name, { type: asText(one.type), help: asText(one.help), unit: asText(one.unit) }] as const;
  });
  return new Map(entries);
}

/** Reads the body of `labels` and of label values. */
export function decodeNames(body: unknown): string[] {
  return asTexts(asRecord(body).data);
}

/** Reads the body of `series`. */
export function decodeLabelSets(body: unknown): Record<string, string>[] {
  return asArray(asRecord(body).data).map(asTextRecord);
}

/** Writes labels as the language does: `http_requests_total{code="500"}`. */
export function printSeries(labels: Readonly<Record<string, string>>): string {
  const { __name__: name = '', ...rest } = labels;
  const inner = Object.entries(rest)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    .join(', ');
  return inner === '' && name !== '' ? name : `${name}{${inner}}`;
}
