// Prometheus's HTTP API: instant and range queries, labels, series, metadata.
// https://prometheus.io/docs/prometheus/latest/querying/api/
import {
  decodeLabelSets,
  decodeMetadata,
  decodeNames,
  decodeQuery,
  type MetricDescription,
  type QueryAnswer,
} from '../wire/prometheus/decode-query.ts';
import { askBackend, type Backend, type BackendOptions } from './backend.ts';

export interface MetricWindow {
  readonly startMs: number;
  readonly endMs: number;
}

export class PrometheusClient {
  readonly #backend: Backend;

  /** @param url base URL, without a trailing slash */
  constructor(url: string, options: BackendOptions = {}) {
    this.#backend = { server: 'Prometheus', url, ...options };
  }

  /** An expression at one time; a range selector yields raw samples. */
  async query(query: string, atMs: number): Promise<QueryAnswer> {
    return decodeQuery(await askBackend(this.#backend, '/api/v1/query', { query, time: toSeconds(atMs) }));
  }

  /** An expression at steps of a window, both ends included. */
  async queryRange(query: string, of: MetricWindow & { readonly stepSeconds: number }): Promise<QueryAnswer> {
    const times = { start: toSeconds(of.startMs), end: toSeconds(of.endMs), step: of.stepSeconds };
    return decodeQuery(await askBackend(this.#backend, '/api/v1/query_range', { query, ...times }));
  }

  /** Label names, of series that a selector matches if one is given. */
  async labels(window: MetricWindow, selector?: string): Promise<string[]> {
    return decodeNames(await askBackend(this.#backend, '/api/v1/labels', parametersOf(window, selector)));
  }

  /** Values of a label, of series that a selector matches if one is given. */
  async labelValues(label: string, window: MetricWindow, selector?: string): Promise<string[]> {
    const path = `/api/v1/label/${encodeURIComponent(label)}/values`;
    return decodeNames(await askBackend(this.#backend, path, parametersOf(window, selector)));
  }

  /** Label sets that a selector matches. */
  async series(selector: string, window: MetricWindow): Promise<Record<string, string>[]> {
    return decodeLabelSets(await askBackend(this.#backend, '/api/v1/series', parametersOf(window, selector)));
  }

  /** Type, help and unit by metric name. */
  async metadata(): Promise<ReadonlyMap<string, MetricDescription>> {
    return decodeMetadata(await askBackend(this.#backend, '/api/v1/metadata'));
  }
}

function parametersOf(window: MetricWindow, selector: string | undefined) {
  return { start: toSeconds(window.startMs), end: toSeconds(window.endMs), 'match[]': selector };
}

function toSeconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}
