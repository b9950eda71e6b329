// The OTLP exporter for spans, as JSON, so that no protobuf code is loaded. Fetched with the first batch. Its sockets and
// timers (build.mjs sees to those) do not keep the process alive.
import { Agent } from 'node:http';
import type { Duplex } from 'node:stream';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { JsonTraceSerializer } from '@opentelemetry/otlp-transformer';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace-base';

class UnrefAgent extends Agent {
  override createConnection(...args: Parameters<Agent['createConnection']>): ReturnType<Agent['createConnection']> {
    const socket = super.createConnection(...args);
    // An http agent's connections are net.Sockets.
    (socket as (Duplex & { unref?: () => void }) | undefined)?.unref?.();
    return socket;
  }
}

export function makeExporter(): SpanExporter {
  const secure = /^https:/.test(
    process.env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ?? process.env.OTEL_EXPORTER_OTLP_ENDPOINT ?? '',
  );
  return new OTLPTraceExporter(secure ? {} : { httpAgentOptions: () => new UnrefAgent({ keepAlive: true }) });
}

export function serialize(spans: ReadableSpan[]): Uint8Array | undefined {
  return JsonTraceSerializer.serializeRequest(spans);
}
