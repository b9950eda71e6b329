// The OTLP exporter for spans, fetched with the first batch: protobuf, which costs app and keeper less than JSON, unless
// OTEL_EXPORTER_OTLP_PROTOCOL asks for that. Its sockets and timers (build.mjs sees to those) do not keep the process alive.
import { OTLPTraceExporter as JsonExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as ProtobufExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { JsonTraceSerializer } from '@opentelemetry/otlp-transformer';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace-base';
import { makeAgentOptions } from '../sdk/unref-agent.ts';

export function makeExporter(): SpanExporter {
  const { env } = process;
  const protocol = env.OTEL_EXPORTER_OTLP_TRACES_PROTOCOL ?? env.OTEL_EXPORTER_OTLP_PROTOCOL;
  const Exporter = protocol === 'http/json' ? JsonExporter : ProtobufExporter;
  return new Exporter(makeAgentOptions('TRACES'));
}

/** For the spool, which is read once and by no one in a hurry. */
export function serialize(spans: ReadableSpan[]): Uint8Array | undefined {
  return JsonTraceSerializer.serializeRequest(spans);
}
