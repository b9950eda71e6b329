// Tracing itself: provider, context, where spans go, and what happens to them when the process ends. Fetched with the
// first span, or a little after the start. NodeSDK is not used: it imports every exporter.
import * as api from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import type { Resource } from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { copyBaggage } from '../sdk/baggage.ts';
import { watchCrashes } from '../sdk/crash-watch.ts';
import { flushOnExit } from '../sdk/exit-flush.ts';
import { type ExporterChunk, makeLateExporter } from '../sdk/late-exporter.ts';
import { openLineNotes, watchLines } from '../sdk/line-contexts.ts';
import { OpenSpans } from '../sdk/open-spans.ts';
import { watchRequests } from '../sdk/request-watch.ts';
import type { Spool } from '../sdk/spool.ts';

export { makeResource } from '../sdk/resource.ts';

export interface TracingOptions {
  readonly resource: Resource;
  readonly spool: Spool | undefined;
  readonly loadExporter: () => ExporterChunk;
  /** Called when the first request has been served. */
  readonly onServed: () => void;
  readonly flushMetrics: () => Promise<void>;
}

/** Puts the context of this process into service, and returns who makes its tracers. */
export function startTracing(options: TracingOptions): api.TracerProvider {
  const { resource, spool, loadExporter, onServed, flushMetrics } = options;
  const exporter = makeLateExporter(loadExporter, spool);
  const processor = new BatchSpanProcessor(exporter);
  const openSpans = new OpenSpans();
  const notes = spool === undefined ? undefined : openLineNotes(spool.folder);
  const spanProcessors = [
    copyBaggage(),
    openSpans,
    processor,
    watchRequests(onServed),
    ...(notes === undefined ? [] : [watchLines(notes.note)]),
  ];
  api.context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  watchCrashes({ openSpans, spool, note: notes?.note });
  flushOnExit({
    flushSpans: () => {
      notes?.flush();
      return processor.forceFlush();
    },
    exporter,
    flushMetrics,
    hasSpool: spool !== undefined,
  });
  return new BasicTracerProvider({ resource, spanProcessors });
}
