// Tempo's HTTP API: search, traces by id, attributes, TraceQL metrics.
// https://grafana.com/docs/tempo/latest/api_docs/
import { asArray, asNumber, asRecord } from '../std/json-value.ts';
import type { Series } from '../wire/prometheus/decode-query.ts';
import { decodeAttributes, printValue } from '../wire/tempo/decode-attributes.ts';
import { decodeSearch, type FoundTrace } from '../wire/tempo/decode-search.ts';
import { decodeTags, decodeTagValues } from '../wire/tempo/decode-tags.ts';
import { decodeTrace, type TraceSpan } from '../wire/tempo/decode-trace.ts';
import { askBackend, type Backend, type BackendOptions } from './backend.ts';

export interface TraceWindow {
  readonly startMs: number;
  readonly endMs: number;
}

export interface TraceSearch extends TraceWindow {
  readonly query: string;
  /** Traces at most. */
  readonly limit: number;
  /** Spans listed of each trace at most. */
  readonly spansPerTrace: number;
}

export class TempoClient {
  readonly #backend: Backend;
  /** What answers so far warned of. */
  readonly warnings = new Set<string>();

  /** @param url base URL, without a trailing slash */
  constructor(url: string, options: BackendOptions = {}) {
    this.#backend = { server: 'Tempo', url, ...options, onWarning: (text) => this.warnings.add(text) };
  }

  /** Traces in which a TraceQL query selects spans, newest first. */
  async search(of: TraceSearch): Promise<FoundTrace[]> {
    const body = await askBackend(this.#backend, '/api/search', {
      q: of.query,
      limit: of.limit,
      spss: of.spansPerTrace,
      ...toSeconds(of),
    });
    return decodeSearch(body).sort((a, b) => (a.startNs < b.startNs ? 1 : a.startNs > b.startNs ? -1 : 0));
  }

  /** All spans of a trace; null if there is none. Whether it may have been there, its keeper says as a warning. */
  async trace(traceId: string): Promise<TraceSpan[] | null> {
    const body = await askBackend(this.#backend, `/api/v2/traces/${encodeURIComponent(traceId)}`);
    const spans = body === null ? [] : decodeTrace(body);
    const { message } = asRecord(body);
    if (spans.length === 0 && typeof message === 'string') this.warnings.add(message);
    return spans.length === 0 ? null : spans;
  }

  /** Attribute names by scope. */
  async tags(window: TraceWindow): Promise<ReadonlyMap<string, readonly string[]>> {
    return decodeTags(await askBackend(this.#backend, '/api/v2/search/tags', toSeconds(window)));
  }

  /** Values of an attribute, written as in TraceQL (`span.http.route`, `resource.service.name`). */
  async tagValues(attribute: string, window: TraceWindow): Promise<string[]> {
    const path = `/api/v2/search/tag/${encodeURIComponent(attribute)}/values`;
    return decodeTagValues(await askBackend(this.#backend, path, toSeconds(window)));
  }

  /** A TraceQL metrics query at steps of a window. */
  async metricsRange(query: string, of: TraceWindow & { readonly stepSeconds: number }): Promise<Series[]> {
    const parameters = { q: query, ...toSeconds(of), step: `${of.stepSeconds}s` };
    const body = await askBackend(this.#backend, '/api/metrics/query_range', parameters);
    return asArray(asRecord(body).series).map(decodeMetricSeries);
  }
}

// Tempo's search takes whole seconds; a span in the last one must still be found.
function toSeconds(window: TraceWindow): { start: number; end: number } {
  return { start: Math.floor(window.startMs / 1000), end: Math.ceil(window.endMs / 1000) + 1 };
}

function decodeMetricSeries(json: unknown): Series {
  const { labels, samples } = asRecord(json);
  const decoded = Object.entries(decodeAttributes(labels)).map(([name, value]) => [name, printValue(value)] as const);
  return {
    labels: Object.fromEntries(decoded),
    points: asArray(samples).map((sample) => {
      const { timestampMs, value } = asRecord(sample);
      return { atMs: asNumber(timestampMs), value: asNumber(value) };
    }),
  };
}
