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
  /** From now on spans go to the spool. */
  readonly divert: () => void;
}

/** `load` fetches the exporter's code; it is called at most once. */
export function makeLateExporter(load: () => ExporterChunk, spool: Spool | undefined): LateExporter {
  let chunk: ExporterChunk | undefined;
  let exporter: SpanExporter | undefined;
  let diverted = false;

  function writeToSpool(spans: ReadableSpan[]): ExportResult {
    chunk ??= load();
    const body = chunk.serialize(spans);
    if (body !== undefined) spool?.write('traces', body);
    return { code: ExportResultCode.SUCCESS };
  }

  return {
    divert: () => {
      diverted = spool !== undefined;
    },
    export: (spans, done) => {
      if (diverted) return done(writeToSpool(spans));
      chunk ??= load();
      exporter ??= chunk.makeExporter();
      exporter.export(spans, done);
    },
    shutdown: async () => exporter?.shutdown(),
    forceFlush: async () => exporter?.forceFlush?.(),
  };
}
