// Tells when the first request or message has been served: from then on, what is loaded delays no start.
import { SpanKind } from '@opentelemetry/api';
import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace-base';

/** A span processor that only calls `onServed`, with the first span of kind server or consumer that ends. */
export function watchRequests(onServed: () => void): SpanProcessor {
  let isDone = false;
  return {
    onStart: () => undefined,
    onEnd: ({ kind }: ReadableSpan) => {
      if (isDone || (kind !== SpanKind.SERVER && kind !== SpanKind.CONSUMER)) return;
      isDone = true;
      onServed();
    },
    forceFlush: async () => undefined,
    shutdown: async () => undefined,
  };
}
