// The Prometheus of the embedded runtime: a store for metrics and the HTTP API over it.
import { makeOtlpMetricsStore } from '../../ingest/metrics/otlp-metrics-store.ts';
import { makeSeriesStore } from '../../ingest/metrics/series-store.ts';
import type { MetricsBackend, MetricsBackendOptions } from '../../signal-store.ts';
import { MetricsStore } from '../../store/metrics/metrics-store.ts';
import { makeDiscoveryRoutes } from './discovery.ts';
import { answerMetadata } from './metadata.ts';
import { makeQueryRoutes } from './queries.ts';
import { makeStatusRoutes } from './status.ts';

/** Makes the metrics vertical. */
export function createMetricsBackend(options: MetricsBackendOptions): MetricsBackend {
  const { nowMs, bounds, listMetadata } = options;
  const store = new MetricsStore(bounds);
  return {
    store: makeOtlpMetricsStore(store, options),
    seriesStore: makeSeriesStore(store),
    routes: [
      ...makeQueryRoutes({ store, bounds, nowMs }),
      ...makeDiscoveryRoutes(store),
      { method: 'GET', path: '/api/v1/metadata', handler: ({ query }) => answerMetadata(query, listMetadata()) },
      ...makeStatusRoutes({ store, nowMs }),
    ],
  };
}
