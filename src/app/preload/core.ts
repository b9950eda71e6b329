// The part of OpenTelemetry that instrumentations need to take their places: API, propagation, and tracers that fetch
// tracing with their first span. Loaded when the app loads the first library that can be instrumented. Everything else is a
// chunk beside this file.
import * as api from '@opentelemetry/api';
import * as otelCore from '@opentelemetry/core';
import * as otelInstrumentation from '@opentelemetry/instrumentation';
import type { Resource } from '@opentelemetry/resources';
import type { RunningMetrics } from './chunks/metrics.ts';
import type { TracingOptions } from './chunks/tracing.ts';
import type { ModuleRegistry } from './module-hook.ts';
import { setRegistry } from './registry.ts';
import type { ExporterChunk } from './sdk/late-exporter.ts';
import type { Spool } from './sdk/spool.ts';

/** What the other chunks take from here instead of bundling it again. */
export const shared = {
  '@opentelemetry/api': api,
  '@opentelemetry/core': otelCore,
  '@opentelemetry/instrumentation': otelInstrumentation,
};

export interface MetricsChunk {
  readonly startMetrics: (resource: Resource) => RunningMetrics;
}

export interface TracingChunk {
  readonly makeResource: () => Resource;
  readonly startTracing: (options: TracingOptions) => api.TracerProvider;
}

export interface CoreOptions {
  readonly registry: ModuleRegistry;
  readonly spool: Spool | undefined;
  readonly loadTracing: () => TracingChunk;
  readonly loadExporter: () => ExporterChunk;
  readonly loadMetrics: () => MetricsChunk;
}

/** When a program that was loaded can be expected to listen: its first request need not wait for tracing to be fetched. */
const tracingAfterMs = 100;

/** A program that serves nothing still has an event loop worth watching, unless it ends at once. */
const metricsAfterMs = 1000;

/** OpenTelemetry in this process, set up as the OTEL_ variables say. */
export class Core {
  readonly #options: CoreOptions;
  readonly #active: otelInstrumentation.Instrumentation[] = [];
  #resource: Resource | undefined;
  #tracing: api.TracerProvider | undefined;
  #metrics: RunningMetrics | undefined;
  #isOver = false;

  constructor(options: CoreOptions) {
    this.#options = options;
    setRegistry(options.registry);
    if (process.env.OTEL_TRACES_EXPORTER !== 'none') this.#promiseTracing();
    setTimeout(() => this.startMetrics(), metricsAfterMs).unref();
  }

  /** Takes an instrumentation into service. */
  add(instrumentation: otelInstrumentation.Instrumentation): void {
    this.#active.push(instrumentation);
    if (this.#metrics !== undefined) instrumentation.setMeterProvider(this.#metrics.provider);
  }

  /** Starts tracing and metrics now, if they have not begun. */
  startAll(): void {
    this.#openTracing();
    this.startMetrics();
  }

  /** Starts metrics now, if they have not begun. */
  startMetrics(): void {
    if (this.#metrics !== undefined || this.#isOver || process.env.OTEL_METRICS_EXPORTER === 'none') return;
    this.#metrics = this.#options.loadMetrics().startMetrics(this.#openResource());
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

  /** Tracers and propagation are there from now on, what makes spans comes with the first of them. */
  #promiseTracing(): void {
    const provider = { getDelegateTracer: (...of: TracerName) => this.#openTracing()?.getTracer(...of) };
    const propagators = [new otelCore.W3CTraceContextPropagator(), new otelCore.W3CBaggagePropagator()];
    api.propagation.setGlobalPropagator(new otelCore.CompositePropagator({ propagators }));
    api.trace.setGlobalTracerProvider({ getTracer: (...of: TracerName) => new api.ProxyTracer(provider, ...of) });
    // The first turn of the loop comes when the program's modules have been loaded.
    setImmediate(() => setTimeout(() => this.#openTracing(), tracingAfterMs).unref());
  }

  #openTracing(): api.TracerProvider | undefined {
    if (this.#isOver || process.env.OTEL_TRACES_EXPORTER === 'none') return undefined;
    const { spool, loadTracing, loadExporter } = this.#options;
    this.#tracing ??= loadTracing().startTracing({
      resource: this.#openResource(),
      spool,
      loadExporter,
      onServed: () => this.startMetrics(),
      flushMetrics: async () => this.#metrics?.flush(),
    });
    return this.#tracing;
  }

  #openResource(): Resource {
    this.#resource ??= this.#options.loadTracing().makeResource();
    return this.#resource;
  }
}

type TracerName = Parameters<api.TracerProvider['getTracer']>;
