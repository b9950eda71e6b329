// Answers of Loki's query endpoints: streams of lines, or series of a metric query.
// https://grafana.com/docs/loki/latest/reference/loki-http-api/#query-logs-within-a-range-of-time
import { asArray, asBigInt, asRecord, asText, asTextRecord, asTexts } from '../../std/json-value.ts';
import { decodeQuery, type QueryAnswer } from '../prometheus/decode-query.ts';

export interface LogEntry {
  readonly timestampNs: bigint;
  readonly line: string;
  /** Stream labels, structured metadata and extracted labels together, as Loki answers by default. */
  readonly labels: Readonly<Record<string, string>>;
}

export type LokiAnswer =
  | { readonly kind: 'lines'; readonly entries: readonly LogEntry[]; readonly warnings: readonly string[] }
  | { readonly kind: 'series'; readonly answer: QueryAnswer };

/** Reads the body of `query` or `query_range`. Entries come stream by stream: the caller sorts. */
export function decodeLokiQuery(body: unknown): LokiAnswer {
  const whole = asRecord(body);
  const data = asRecord(whole.data);
  if (data.resultType !== 'streams') return { kind: 'series', answer: decodeQuery(body) };
  return { kind: 'lines', entries: asArray(data.result).flatMap(decodeStream), warnings: asTexts(whole.warnings) };
}

/** The entries of one stream as `query_range` and `tail` write it, with kinds of labels apart (`categorize-labels`) or not. */
export function decodeStream(json: unknown): LogEntry[] {
  const stream = asRecord(json);
  const labels = asTextRecord(stream.stream);
  return asArray(stream.values).map((value) => {
    const [timestamp, line, own] = asArray(value);
    const entry = { timestampNs: asBigInt(timestamp), line: asText(line) };
    if (own === undefined) return { ...entry, labels };
    const { structuredMetadata, parsed } = asRecord(own);
    return { ...entry, labels: { ...labels, ...asTextRecord(structuredMetadata), ...asTextRecord(parsed) } };
  });
}
