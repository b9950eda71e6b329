// The OTLP exporter for spans, as JSON, so that no protobuf code is loaded. Fetched with the first batch. Its sockets and
// timers (build.mjs sees to those) do not keep the process alive.
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { JsonTraceSerializer } from '@opentelemetry/otlp-transformer';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace-base';
import { makeAgentOptions } from '../sdk/unref-agent.ts';

export function makeExporter(): SpanExporter {
  return new OTLPTraceExporter(makeAgentOptions('TRACES'));
}

export function serialize(spans: ReadableSpan[]): Uint8Array | undefined {
  return JsonTraceSerializer.serializeRequest(spans);
}
