// Loki's HTTP API: lines, series and labels. https://grafana.com/docs/loki/latest/reference/loki-http-api/
import { asArray, asRecord, asTextRecord, asTexts } from '../std/json-value.ts';
import { decodeLokiQuery, type LogEntry, type LokiAnswer } from '../wire/loki/decode-query.ts';
import type { TailFrame } from '../wire/loki/decode-tail.ts';
import { askBackend, type Backend, type BackendOptions, msToNs } from './backend.ts';
import { openTail, type TailQuery } from './loki-tail.ts';

export interface LogWindow {
  readonly startMs: number;
  /** Exclusive, as in Loki. */
  readonly endMs: number;
}

export interface LogRangeQuery extends LogWindow {
  readonly query: string;
  readonly limit: number;
  readonly direction: 'forward' | 'backward';
  /** Seconds between points of a metric query; Loki chooses if absent. */
  readonly stepSeconds?: number;
  /** Replaces `startMs` where milliseconds are too coarse (continuing after a line). */
  readonly startNs?: bigint;
  /** Replaces `endMs`. */
  readonly endNs?: bigint;
}

export class LokiClient {
  readonly #backend: Backend;

  /** @param url base URL, without a trailing slash */
  constructor(url: string, options: BackendOptions = {}) {
    this.#backend = { server: 'Loki', url, ...options };
  }

  /** Lines or series in a window. Lines come sorted by time in the direction asked for. */
  async queryRange(of: LogRangeQuery): Promise<LokiAnswer> {
    const body = await askBackend(this.#backend, '/loki/api/v1/query_range', {
      query: of.query,
      start: of.startNs?.toString() ?? msToNs(of.startMs),
      end: of.endNs?.toString() ?? msToNs(of.endMs),
      limit: of.limit,
      direction: of.direction,
      step: of.stepSeconds,
    });
    const answer = decodeLokiQuery(body);
    return answer.kind === 'lines' ? { ...answer, entries: sortEntries(answer.entries, of.direction) } : answer;
  }

  /** A metric query at one time. */
  async query(query: string, atMs: number): Promise<LokiAnswer> {
    return decodeLokiQuery(await askBackend(this.#backend, '/loki/api/v1/query', { query, time: msToNs(atMs) }));
  }

  get url(): string {
    return this.#backend.url;
  }

  /** Lines as they come in; see `openTail` for how it ends. */
  tail(of: TailQuery): Promise<AsyncIterable<TailFrame>> {
    return openTail(this.#backend.url, of);
  }

  /** Names of stream labels in a window. */
  async labels(window: LogWindow): Promise<string[]> {
    const times = { start: msToNs(window.startMs), end: msToNs(window.endMs) };
    return asTexts(asRecord(await askBackend(this.#backend, '/loki/api/v1/labels', times)).data);
  }

  /** Values of a stream label in a window. */
  async labelValues(label: string, window: LogWindow): Promise<string[]> {
    const path = `/loki/api/v1/label/${encodeURIComponent(label)}/values`;
    const times = { start: msToNs(window.startMs), end: msToNs(window.endMs) };
    return asTexts(asRecord(await askBackend(this.#backend, path, times)).data);
  }

  /** Label sets of the streams that a selector matches. */
  async series(selector: string, window: LogWindow): Promise<Record<string, string>[]> {
    const times = { start: msToNs(window.startMs), end: msToNs(window.endMs) };
    const body = await askBackend(this.#backend, '/loki/api/v1/series', { 'match[]': selector, ...times });
    return asArray(asRecord(body).data).map(asTextRecord);
  }
}

// Streams are sorted one by one in Loki's answer; people read lines in the order of time.
function sortEntries(entries: readonly LogEntry[], direction: LogRangeQuery['direction']): LogEntry[] {
  const sign = direction === 'forward' ? 1 : -1;
  return [...entries].sort((a, b) =>
    a.timestampNs < b.timestampNs ? -sign : a.timestampNs > b.timestampNs ? sign : 0,
  );
}
