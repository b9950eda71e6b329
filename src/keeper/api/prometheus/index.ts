// The Prometheus of the embedded runtime: a store for metrics and the HTTP API over it.
import { makeOtlpMetricsStore } from '../../ingest/metrics/otlp-metrics-store.ts';
import { makeSeriesStore } from '../../ingest/metrics/series-store.ts';
import type { BackendOptions, MetricsBackend } from '../../signal-store.ts';
import { MetricsStore } from '../../store/metrics/metrics-store.ts';
import { answer } from './answer.ts';
import { makeDiscoveryRoutes } from './discovery.ts';
import { makeQueryRoutes } from './queries.ts';
import { makeStatusRoutes } from './status.ts';

/** Makes the metrics vertical. */
export function createMetricsBackend({ nowMs }: BackendOptions): MetricsBackend {
  const store = new MetricsStore();
  return {
    store: makeOtlpMetricsStore(store),
    seriesStore: makeSeriesStore(store),
    routes: [
      ...makeQueryRoutes({ store, nowMs }),
      ...makeDiscoveryRoutes(store),
      // As on a real server, metadata come from scraped pages only; GET /obs/metric-metadata has those of OTLP.
      { method: 'GET', path: '/api/v1/metadata', handler: () => answer({}) },
      ...makeStatusRoutes({ store, nowMs }),
    ],
  };
}
