// Baggage entries as attributes of the spans under which they came, under their own names, as the BaggageSpanProcessor of
// the OpenTelemetry contributions has it. They come from outside, so they are bounded.
import { type Context, propagation } from '@opentelemetry/api';
import type { Span, SpanProcessor } from '@opentelemetry/sdk-trace-base';

const maxEntries = 32;
const maxValueLength = 256;

/** A span processor that only copies baggage. */
export function copyBaggage(): SpanProcessor {
  return {
    onStart: (span: Span, parent: Context) => {
      const entries = propagation.getBaggage(parent)?.getAllEntries() ?? [];
      for (const [name, { value }] of entries.slice(0, maxEntries))
        span.setAttribute(name, value.slice(0, maxValueLength));
    },
    onEnd: () => undefined,
    forceFlush: async () => undefined,
    shutdown: async () => undefined,
  };
}
