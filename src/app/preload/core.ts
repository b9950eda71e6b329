// The part of the SDK that an app needs before its first request: tracer provider, context, propagation. Loaded when the
// app loads the first library that can be instrumented. Everything else is a chunk beside this file. NodeSDK itself is not
// used: it imports every exporter, 60 ms more.
import * as api from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import * as otelCore from '@opentelemetry/core';
import * as otelInstrumentation from '@opentelemetry/instrumentation';
import type { Resource } from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import type { RunningMetrics } from './chunks/metrics.ts';
import type { ModuleRegistry } from './module-hook.ts';
import { setRegistry } from './registry.ts';
import { copyBaggage } from './sdk/baggage.ts';
import { watchCrashes } from './sdk/crash-watch.ts';
import { flushOnExit } from './sdk/exit-flush.ts';
import { type ExporterChunk, makeLateExporter } from './sdk/late-exporter.ts';
import { openLineNotes, watchLines } from './sdk/line-contexts.ts';
import { OpenSpans } from './sdk/open-spans.ts';
import { watchRequests } from './sdk/request-watch.ts';
import { makeResource } from './sdk/resource.ts';
import type { Spool } from './sdk/spool.ts';

/** What the instrumentation chunks take from here instead of bundling it again. */
export const shared = {
  '@opentelemetry/api': api,
  '@opentelemetry/core': otelCore,
  '@opentelemetry/instrumentation': otelInstrumentation,
};

export interface MetricsChunk {
  readonly startMetrics: (resource: Resource) => RunningMetrics;
}

export interface CoreOptions {
  readonly registry: ModuleRegistry;
  readonly spool: Spool | undefined;
  readonly loadExporter: () => ExporterChunk;
  readonly loadMetrics: () => MetricsChunk;
}

/** A program that serves nothing still has an event loop worth watching, unless it ends at once. */
const metricsAfterMs = 1000;

/** OpenTelemetry in this process, set up as the OTEL_ variables say. */
export class Core {
  readonly #options: CoreOptions;
  readonly #resource = makeResource();
  readonly #active: otelInstrumentation.Instrumentation[] = [];
  #metrics: RunningMetrics | undefined;
  #isOver = false;

  constructor(options: CoreOptions) {
    this.#options = options;
    setRegistry(options.registry);
    if (process.env.OTEL_TRACES_EXPORTER !== 'none') this.#startTracing();
    setTimeout(() => this.startMetrics(), metricsAfterMs).unref();
  }

  /** Takes an instrumentation into service. */
  add(instrumentation: otelInstrumentation.Instrumentation): void {
    this.#active.push(instrumentation);
    if (this.#metrics !== undefined) instrumentation.setMeterProvider(this.#metrics.provider);
  }

  /** Starts metrics now, if they have not begun. */
  startMetrics(): void {
    if (this.#metrics !== undefined || this.#isOver || process.env.OTEL_METRICS_EXPORTER === 'none') return;
    this.#metrics = this.#options.loadMetrics().startMetrics(this.#resource);
    for (const instrumentation of this.#active) instrumentation.setMeterProvider(this.#metrics.provider);
  }

  /** Hands everything back, because the app brings an SDK of its own. */
  standBack(): void {
    this.#isOver = true;
    for (const instrumentation of this.#active.splice(0)) instrumentation.disable();
    this.#metrics?.stop();
    api.trace.disable();
    api.context.disable();
    api.propagation.disable();
  }

  #startTracing(): void {
    const { loadExporter, spool } = this.#options;
    const exporter = makeLateExporter(loadExporter, spool);
    const processor = new BatchSpanProcessor(exporter);
    const openSpans = new OpenSpans();
    const notes = spool === undefined ? undefined : openLineNotes(spool.folder);
    const spanProcessors = [
      copyBaggage(),
      openSpans,
      processor,
      watchRequests(() => this.startMetrics()),
      ...(notes === undefined ? [] : [watchLines(notes.note)]),
    ];
    api.context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    const propagators = [new otelCore.W3CTraceContextPropagator(), new otelCore.W3CBaggagePropagator()];
    api.propagation.setGlobalPropagator(new otelCore.CompositePropagator({ propagators }));
    api.trace.setGlobalTracerProvider(new BasicTracerProvider({ resource: this.#resource, spanProcessors }));
    watchCrashes({ openSpans, spool, note: notes?.note });
    flushOnExit({
      flushSpans: () => {
        notes?.flush();
        return processor.forceFlush();
      },
      exporter,
      flushMetrics: async () => this.#metrics?.flush(),
      hasSpool: spool !== undefined,
    });
  }
}
