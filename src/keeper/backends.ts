// The three verticals of the embedded runtime, by the port on which each is served.
import type { LogRecord, Metric, Span } from '../wire/otlp/types.ts';
import { createMetricsBackend } from './api/prometheus/index.ts';
import { createTracesBackend } from './api/tempo/index.ts';
import type { Backend, BackendOptions, SignalStore } from './signal-store.ts';

export interface Backends {
  readonly loki: Backend<LogRecord>;
  readonly prometheus: Backend<Metric>;
  readonly tempo: Backend<Span>;
}

export function createBackends(options: BackendOptions): Backends {
  return { loki: notBuilt(), prometheus: createMetricsBackend(options), tempo: createTracesBackend(options) };
}

function notBuilt<T>(): Backend<T> {
  const store: SignalStore<T> = {
    ingest: () => ({ accepted: 0, rejected: 0, httpStatus: 501, message: 'this signal is not built yet' }),
    usage: () => ({ records: 0, bytes: 0 }),
    prune: () => 0,
  };
  return { store, routes: [] };
}
