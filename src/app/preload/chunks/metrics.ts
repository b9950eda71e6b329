// Metrics of the process: those of its instrumentations, and what Node knows of itself (event loop, heap, garbage
// collection). Fetched with the first request that was served, or a second after the start.
import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks';
import { type MeterProvider as ApiMeterProvider, metrics } from '@opentelemetry/api';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { RuntimeNodeInstrumentation } from '@opentelemetry/instrumentation-runtime-node';
import type { Resource } from '@opentelemetry/resources';
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { makeAgentOptions } from '../sdk/unref-agent.ts';

export interface RunningMetrics {
  readonly provider: ApiMeterProvider;
  readonly flush: () => Promise<void>;
  readonly stop: () => void;
}

const defaultIntervalMs = 60_000;
const resolutionMs = 10;

/** Starts collecting and exporting at OTEL_METRIC_EXPORT_INTERVAL. */
export function startMetrics(resource: Resource): RunningMetrics {
  const exportIntervalMillis = Number(process.env.OTEL_METRIC_EXPORT_INTERVAL) || defaultIntervalMs;
  const reader = new PeriodicExportingMetricReader({
    exporter: new OTLPMetricExporter(makeAgentOptions('METRICS')),
    exportIntervalMillis,
    exportTimeoutMillis: exportIntervalMillis,
  });
  const provider = new MeterProvider({ resource, readers: [reader] });
  metrics.setGlobalMeterProvider(provider);
  const runtime = new RuntimeNodeInstrumentation();
  runtime.setMeterProvider(provider);
  const eventLoop = monitorEventLoopDelay({ resolution: resolutionMs });
  eventLoop.enable();
  observeEventLoop(provider, eventLoop);
  return {
    provider,
    flush: () => provider.forceFlush(),
    stop: () => {
      runtime.disable();
      eventLoop.disable();
      metrics.disable();
      provider.shutdown().catch(() => undefined);
    },
  };
}

function observeEventLoop(provider: ApiMeterProvider, eventLoop: IntervalHistogram): void {
  const gauge = provider.getMeter('obs').createObservableGauge('obs_app_eventloop_delay_p99_seconds', {
    unit: 's',
    description: 'How late timers of the event loop were, 99th percentile since the last look.',
  });
  gauge.addCallback((result) => {
    // Node records the whole time between two timers, of which the resolution is the part that was asked for.
    result.observe(Math.max(0, eventLoop.percentile(99) / 1e9 - resolutionMs / 1000));
    eventLoop.reset();
  });
}
