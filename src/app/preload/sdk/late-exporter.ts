// A span exporter whose code is loaded with the first batch, which comes after the app listens. While the process exits
// it writes to the spool instead, since no request would be answered any more.
import { type ExportResult, ExportResultCode } from '@opentelemetry/core';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace-base';
import type { Spool } from './spool.ts';

/** What the exporter chunk offers. */
export interface ExporterChunk {
  readonly makeExporter: () => SpanExporter;
  readonly serialize: (spans: ReadableSpan[]) => Uint8Array | undefined;
}

export interface LateExporter extends SpanExporter {
  /** From now on spans go to the spool, and so do those for which no answer has come. */
  readonly divert: () => void;
}

/** `load` fetches the exporter's code; it is called at most once. */
export function makeLateExporter(load: () => ExporterChunk, spool: Spool | undefined): LateExporter {
  const waiting = new Set<ReadableSpan[]>();
  const listeners = new Set<() => void>();
  let chunk: ExporterChunk | undefined;
  let exporter: SpanExporter | undefined;
  let diverted = false;

  function writeToSpool(spans: ReadableSpan[]): void {
    chunk ??= load();
    const body = chunk.serialize(spans);
    if (body !== undefined) spool?.write('traces', body);
  }

  function send(spans: ReadableSpan[]): void {
    chunk ??= load();
    exporter ??= chunk.makeExporter();
    waiting.add(spans);
    exporter.export(spans, () => {
      waiting.delete(spans);
      if (waiting.size === 0) for (const listener of listeners) listener();
    });
  }

  return {
    divert: () => {
      if (spool === undefined || diverted) return;
      diverted = true;
      for (const spans of waiting) writeToSpool(spans);
    },
    export: (spans, done: (result: ExportResult) => void) => {
      if (diverted) writeToSpool(spans);
      else send(spans);
      // At once: the batch processor would keep the process alive until the answer.
      done({ code: ExportResultCode.SUCCESS });
    },
    shutdown: async () => exporter?.shutdown(),
    forceFlush: () => (waiting.size === 0 ? Promise.resolve() : new Promise((resolve) => listeners.add(resolve))),
  };
}
