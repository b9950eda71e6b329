// The OTLP exporter for spans, as JSON, so that no protobuf code is loaded. Fetched with the first batch.
import { Agent } from 'node:http';
import type { Duplex } from 'node:stream';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { JsonTraceSerializer } from '@opentelemetry/otlp-transformer';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace-base';

/** A request that gets no answer may hold a dying process no longer than this. */
const requestTimeoutMs = 1500;

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
  return new OTLPTraceExporter({
    timeoutMillis: requestTimeoutMs,
    ...(secure ? {} : { httpAgentOptions: () => new UnrefAgent({ keepAlive: true }) }),
  });
}

export function serialize(spans: ReadableSpan[]): Uint8Array | undefined {
  return JsonTraceSerializer.serializeRequest(spans);
}
