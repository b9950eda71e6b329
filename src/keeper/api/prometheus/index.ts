// The Prometheus of the embedded runtime: a store for metrics and the HTTP API over it.
import type { Metric } from '../../../wire/otlp/types.ts';
import { makeOtlpMetricsStore } from '../../ingest/metrics/otlp-metrics-store.ts';
import type { Backend, BackendOptions } from '../../signal-store.ts';
import { MetricsStore } from '../../store/metrics/metrics-store.ts';
import { answer } from './answer.ts';
import { makeDiscoveryRoutes } from './discovery.ts';
import { makeQueryRoutes } from './queries.ts';
import { makeStatusRoutes } from './status.ts';

/** Makes the metrics vertical. */
export function createMetricsBackend({ nowMs }: BackendOptions): Backend<Metric> {
  const store = new MetricsStore();
  return {
    store: makeOtlpMetricsStore(store),
    routes: [
      ...makeQueryRoutes({ store, nowMs }),
      ...makeDiscoveryRoutes(store),
      // As on a real server, metadata come from scraped pages only; GET /obs/metric-metadata has those of OTLP.
      { method: 'GET', path: '/api/v1/metadata', handler: () => answer({}) },
      ...makeStatusRoutes({ store, nowMs }),
    ],
  };
}
