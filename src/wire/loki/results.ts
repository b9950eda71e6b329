// Query results as Loki's API JSON. Entries are written by hand rather than through JSON.stringify of whole objects, since
// a thousand of them are an everyday answer.
import { formatGoFixed } from '../../std/go-strconv.ts';

type Labels = readonly (readonly [name: string, value: string])[];

/** An entry with its labels by where they came from. */
export interface LokiEntry {
  readonly timestampNs: bigint;
  readonly line: string;
  readonly labels: { readonly stream: Labels; readonly structuredMetadata: Labels; readonly parsed: Labels };
}

export interface LokiSample {
  readonly labels: Labels;
  readonly value: number;
}

export interface LokiSeries {
  readonly labels: Labels;
  readonly timesMs: readonly number[];
  readonly values: readonly number[];
}

export type LokiResult =
  | { readonly kind: 'streams'; readonly entries: readonly LokiEntry[] }
  | { readonly kind: 'matrix'; readonly series: readonly LokiSeries[] }
  | { readonly kind: 'vector'; readonly samples: readonly LokiSample[]; readonly timeMs: number }
  | { readonly kind: 'scalar'; readonly value: number; readonly timeMs: number };

/** What the query cost; Grafana shows it. */
export interface LokiStats {
  readonly lines: number;
  readonly bytes: number;
  readonly seconds: number;
}

/** The answer to query and query_range. `categorize` keeps the kinds of labels apart, as Grafana asks. */
export function encodeResult(
  result: LokiResult,
  options: { readonly categorize: boolean; readonly stats: LokiStats; readonly warnings?: readonly string[] },
): string {
  const flags = options.categorize && result.kind === 'streams' ? '"encodingFlags":["categorize-labels"],' : '';
  const returned = result.kind === 'streams' ? result.entries.length : 0;
  const { resultType, json } = encodeData(result, options.categorize);
  const data = `{"resultType":"${resultType}","result":${json},${flags}"stats":${encodeStats(options.stats, returned)}}`;
  const { warnings = [] } = options;
  const warned = warnings.length === 0 ? '' : `"warnings":${JSON.stringify(warnings)},`;
  return `{"status":"success",${warned}"data":${data}}`;
}

/** A frame of `tail`: entries in the order given, and those that the reader was too slow for. */
export function encodeTailFrame(
  entries: readonly LokiEntry[],
  options: { readonly categorize: boolean; readonly dropped: readonly LokiEntry[] },
): string {
  const flags = options.categorize ? ',"encodingFlags":["categorize-labels"]' : '';
  const dropped = list(
    options.dropped,
    ({ timestampNs, labels }) => `{"labels":${encodeLabels(mergeLabels(labels))},"timestamp":"${timestampNs}"}`,
  );
  const lost = options.dropped.length === 0 ? '' : `,"dropped_entries":${dropped}`;
  return `{"streams":${encodeStreams(entries, options.categorize)}${flags}${lost}}`;
}

function encodeData(result: LokiResult, categorize: boolean): { resultType: string; json: string } {
  if (result.kind === 'streams') return { resultType: 'streams', json: encodeStreams(result.entries, categorize) };
  if (result.kind === 'scalar') return { resultType: 'scalar', json: encodePoint(result.timeMs, result.value) };
  if (result.kind === 'vector') {
    const { samples, timeMs } = result;
    return {
      resultType: 'vector',
      json: list(
        samples,
        ({ labels, value }) => `{"metric":${encodeLabels(labels)},"value":${encodePoint(timeMs, value)}}`,
      ),
    }; // prettier-ignore
  }
  return { resultType: 'matrix', json: list(result.series, encodeSeries) };
}

function encodeSeries({ labels, timesMs, values }: LokiSeries): string {
  const points = timesMs.map((timeMs, i) => encodePoint(timeMs, values[i] ?? Number.NaN));
  return `{"metric":${encodeLabels(labels)},"values":[${points.join(',')}]}`;
}

function encodePoint(timeMs: number, value: number): string {
  return `[${timeMs / 1000},"${formatGoFixed(value)}"]`;
}

function encodeStreams(entries: readonly LokiEntry[], categorize: boolean): string {
  const streams = new Map<string, string[]>();
  const encodeEntry = categorize ? encodeCategorized : encodePlain;
  for (const entry of entries) {
    const { labels } = entry;
    const key = encodeLabels(categorize ? labels.stream : mergeLabels(labels));
    const values = streams.get(key);
    const value = encodeEntry(entry);
    if (values) values.push(value);
    else streams.set(key, [value]);
  }
  return list([...streams], ([key, values]) => `{"stream":${key},"values":[${values.join(',')}]}`);
}

function encodePlain({ timestampNs, line }: LokiEntry): string {
  return `["${timestampNs}",${JSON.stringify(line)}]`;
}

function encodeCategorized({ timestampNs, line, labels }: LokiEntry): string {
  const parts = (['structuredMetadata', 'parsed'] as const)
    .filter((part) => labels[part].length > 0)
    .map((part) => `"${part}":${encodeLabels(labels[part])}`);
  return `["${timestampNs}",${JSON.stringify(line)},{${parts.join(',')}}]`;
}

function mergeLabels({ stream, structuredMetadata, parsed }: LokiEntry['labels']): Labels {
  return [...stream, ...structuredMetadata, ...parsed].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}

/** `{"a":"b"}` */
export function encodeLabels(labels: Labels): string {
  return `{${labels.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join(',')}}`;
}

function encodeStats({ lines, bytes, seconds }: LokiStats, returned: number): string {
  const perSecond = (count: number) => (seconds > 0 ? Math.round(count / seconds) : 0);
  return JSON.stringify({
    summary: {
      bytesProcessedPerSecond: perSecond(bytes),
      linesProcessedPerSecond: perSecond(lines),
      // Blocks that lie partly in a range count by their share; clients written in Go refuse fractions.
      totalBytesProcessed: Math.round(bytes),
      totalLinesProcessed: lines,
      execTime: seconds,
      totalEntriesReturned: returned,
    },
  });
}

function list<T>(items: readonly T[], encode: (item: T) => string): string {
  return `[${items.map(encode).join(',')}]`;
}
