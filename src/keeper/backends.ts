// The three verticals of the embedded runtime, by the port on which each is served.
import type { Span } from '../wire/otlp/types.ts';
import { createLogsBackend } from './api/loki/index.ts';
import { createMetricsBackend } from './api/prometheus/index.ts';
import { createTracesBackend } from './api/tempo/index.ts';
import type { Backend, LogsBackend, MetricsBackend, MetricsBackendOptions } from './signal-store.ts';

export interface Backends {
  readonly loki: LogsBackend;
  readonly prometheus: MetricsBackend;
  readonly tempo: Backend<Span>;
}

export function createBackends(options: MetricsBackendOptions): Backends {
  return {
    loki: createLogsBackend(options),
    prometheus: createMetricsBackend(options),
    tempo: createTracesBackend(options),
  };
}
