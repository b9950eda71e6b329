// Prometheus's API JSON as it is written: samples are `[seconds, "value"]` with numbers printed as Prometheus prints them.
// https://prometheus.io/docs/prometheus/latest/querying/api/#expression-query-result-formats
import { formatGoJson } from '../../std/go-strconv.ts';

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

/** `[1435781451.781,"1"]` */
export function encodeFloatPoint(timeMs: number, value: number): string {
  return `[${encodeTime(timeMs)},"${formatGoJson(value)}"]`;
}

/** Milliseconds as seconds with up to three decimals. */
export function encodeTime(timeMs: number): string {
  return String(timeMs / 1000);
}

/** Empty buckets are left out. */
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
