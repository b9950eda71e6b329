// The part of the SDK that an app needs before its first request: tracer provider, context, propagation. Loaded when the
// app loads the first library that can be instrumented. Everything else is a chunk beside this file. NodeSDK itself is not
// used: it imports every exporter, 60 ms more.
import * as api from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import * as otelCore from '@opentelemetry/core';
import * as otelInstrumentation from '@opentelemetry/instrumentation';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import type { ModuleRegistry } from './module-hook.ts';
import { setRegistry } from './registry.ts';
import { flushOnExit } from './sdk/exit-flush.ts';
import { type ExporterChunk, makeLateExporter } from './sdk/late-exporter.ts';
import { makeResource } from './sdk/resource.ts';
import type { Spool } from './sdk/spool.ts';

/** What the instrumentation chunks take from here instead of bundling it again. */
export const shared = {
  '@opentelemetry/api': api,
  '@opentelemetry/core': otelCore,
  '@opentelemetry/instrumentation': otelInstrumentation,
};

export interface CoreOptions {
  readonly registry: ModuleRegistry;
  readonly spool: Spool | undefined;
  readonly loadExporter: () => ExporterChunk;
}

export interface Core {
  /** Takes an instrumentation into service. */
  readonly add: (instrumentation: otelInstrumentation.Instrumentation) => void;
  /** Hands tracing back, because the app brings an SDK of its own. */
  readonly standBack: () => void;
}

/** Sets up tracing for this process, as the OTEL_ variables say. */
export function start(options: CoreOptions): Core {
  setRegistry(options.registry);
  const active: otelInstrumentation.Instrumentation[] = [];
  if (process.env.OTEL_TRACES_EXPORTER !== 'none') startTracing(options);
  return {
    add: (instrumentation) => {
      active.push(instrumentation);
    },
    standBack: () => {
      for (const instrumentation of active.splice(0)) instrumentation.disable();
      api.trace.disable();
      api.context.disable();
      api.propagation.disable();
    },
  };
}

function startTracing({ loadExporter, spool }: CoreOptions): void {
  const exporter = makeLateExporter(loadExporter, spool);
  const processor = new BatchSpanProcessor(exporter);
  const provider = new BasicTracerProvider({ resource: makeResource(), spanProcessors: [processor] });
  api.context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  api.propagation.setGlobalPropagator(
    new otelCore.CompositePropagator({
      propagators: [new otelCore.W3CTraceContextPropagator(), new otelCore.W3CBaggagePropagator()],
    }),
  );
  api.trace.setGlobalTracerProvider(provider);
  flushOnExit({ processor, exporter, hasSpool: spool !== undefined });
}
