// Prometheus's API JSON, written and read: samples are `[seconds, "value"]` with numbers printed as Prometheus prints them.
// https://prometheus.io/docs/prometheus/latest/querying/api/#expression-query-result-formats
import { formatGoJson } from '../../std/go-strconv.ts';
import { asArray, asNumber, asRecord, asText } from '../../std/json-value.ts';

export type LabelMap = Readonly<Record<string, string>>;

/** A bucket and which of its ends belong to it. */
export interface ApiBucket {
  readonly lower: number;
  readonly upper: number;
  readonly lowerInclusive: boolean;
  readonly upperInclusive: boolean;
  readonly count: number;
}

export interface ApiHistogram {
  readonly count: number;
  readonly sum: number;
  readonly buckets: readonly ApiBucket[];
}

/** One sample; times are milliseconds since 1970. */
export interface ApiPoint {
  readonly timeMs: number;
  readonly value: number | ApiHistogram;
}

export interface ApiSeries {
  readonly metric: LabelMap;
  readonly points: readonly ApiPoint[];
}

/** The answer to a query. */
export type ApiQueryData =
  | { readonly resultType: 'vector' | 'matrix'; readonly series: readonly ApiSeries[] }
  | { readonly resultType: 'scalar'; readonly timeMs: number; readonly value: number }
  | { readonly resultType: 'string'; readonly timeMs: number; readonly value: string };

export interface ApiNotes {
  readonly warnings?: readonly string[];
  readonly infos?: readonly string[];
}

/** The envelope of every success; `data` is JSON already. */
export function encodeSuccess(dataJson: string, { warnings = [], infos = [] }: ApiNotes = {}): string {
  const notes = [
    ...(warnings.length > 0 ? [`,"warnings":${JSON.stringify(warnings)}`] : []),
    ...(infos.length > 0 ? [`,"infos":${JSON.stringify(infos)}`] : []),
  ];
  return `{"status":"success","data":${dataJson}${notes.join('')}}`;
}

/** `{"resultType":…,"result":…}`; `stats` is JSON already. */
export function encodeQueryData(data: ApiQueryData, stats?: string): string {
  const tail = stats === undefined ? '}' : `,"stats":${stats}}`;
  return `{"resultType":"${data.resultType}","result":${encodeResult(data)}${tail}`;
}

function encodeResult(data: ApiQueryData): string {
  switch (data.resultType) {
    case 'scalar':
      return `[${encodeTime(data.timeMs)},"${formatGoJson(data.value)}"]`;
    case 'string':
      return `[${encodeTime(data.timeMs)},${JSON.stringify(data.value)}]`;
    case 'vector':
      return `[${data.series.map(encodeSample).join(',')}]`;
    case 'matrix':
      return `[${data.series.map(encodeMatrixSeries).join(',')}]`;
  }
}

function encodeSample({ metric, points }: ApiSeries): string {
  const point = points[0];
  if (point === undefined) throw new Error('a vector element without a sample');
  const key = typeof point.value === 'number' ? 'value' : 'histogram';
  return `{"metric":${JSON.stringify(metric)},"${key}":${encodePoint(point)}}`;
}

function encodeMatrixSeries({ metric, points }: ApiSeries): string {
  const floats: string[] = [];
  const histograms: string[] = [];
  for (const point of points) (typeof point.value === 'number' ? floats : histograms).push(encodePoint(point));
  const values = floats.length > 0 ? `,"values":[${floats.join(',')}]` : '';
  return `{"metric":${JSON.stringify(metric)}${values}${histograms.length > 0 ? `,"histograms":[${histograms.join(',')}]` : ''}}`;
}

function encodePoint({ timeMs, value }: ApiPoint): string {
  if (typeof value === 'number') return encodeFloatPoint(timeMs, value);
  return `[${encodeTime(timeMs)},${encodeHistogram(value)}]`;
}

/** `[1435781451.781,"1"]` */
export function encodeFloatPoint(timeMs: number, value: number): string {
  return `[${encodeTime(timeMs)},"${formatGoJson(value)}"]`;
}

/** Milliseconds as seconds with up to three decimals. */
export function encodeTime(timeMs: number): string {
  return String(timeMs / 1000);
}

export function encodeHistogram({ count, sum, buckets }: ApiHistogram): string {
  const list = buckets
    .filter((bucket) => bucket.count !== 0)
    .map(({ lower, upper, lowerInclusive, upperInclusive, count: inside }) => {
      const ends = lowerInclusive ? (upperInclusive ? 3 : 1) : upperInclusive ? 0 : 2;
      return `[${ends},"${formatGoJson(lower)}","${formatGoJson(upper)}","${formatGoJson(inside)}"]`;
    });
  const tail = list.length > 0 ? `,"buckets":[${list.join(',')}]` : '';
  return `{"count":"${formatGoJson(count)}","sum":"${formatGoJson(sum)}"${tail}}`;
}

/** Reads the `data` of a query answer; what has another shape comes out empty. */
export function decodeQueryData(json: unknown): ApiQueryData {
  const { resultType, result } = asRecord(json);
  switch (resultType) {
    case 'scalar': {
      const [time, value] = asArray(result);
      return { resultType, timeMs: readTime(time), value: asNumber(value, Number.NaN) };
    }
    case 'string': {
      const [time, value] = asArray(result);
      return { resultType, timeMs: readTime(time), value: asText(value) };
    }
    case 'vector':
    case 'matrix':
      return { resultType, series: asArray(result).map(decodeSeries) };
    default:
      return { resultType: 'vector', series: [] };
  }
}

function decodeSeries(json: unknown): ApiSeries {
  const record = asRecord(json);
  const metric = Object.fromEntries(
    Object.entries(asRecord(record.metric)).map(([name, value]) => [name, asText(value)]),
  );
  const floats = record.value === undefined ? asArray(record.values) : [record.value];
  const histograms = record.histogram === undefined ? asArray(record.histograms) : [record.histogram];
  const points = [
    ...floats.map((point): ApiPoint => {
      const [time, value] = asArray(point);
      return { timeMs: readTime(time), value: asNumber(value, Number.NaN) };
    }),
    ...histograms.map((point): ApiPoint => {
      const [time, value] = asArray(point);
      return { timeMs: readTime(time), value: decodeHistogram(value) };
    }),
  ];
  return { metric, points: points.sort((a, b) => a.timeMs - b.timeMs) };
}

function decodeHistogram(json: unknown): ApiHistogram {
  const { count, sum, buckets } = asRecord(json);
  return {
    count: asNumber(count),
    sum: asNumber(sum, Number.NaN),
    buckets: asArray(buckets).map((bucket) => {
      const [ends, lower, upper, inside] = asArray(bucket);
      return {
        lower: asNumber(lower),
        upper: asNumber(upper),
        lowerInclusive: ends === 1 || ends === 3,
        upperInclusive: ends === 0 || ends === 3,
        count: asNumber(inside),
      };
    }),
  };
}

function readTime(seconds: unknown): number {
  return Math.round(asNumber(seconds) * 1000);
}
