// Leaves out what the loader itself costs a page: document load lists every resource, this script among them.
import type { Context } from '@opentelemetry/api';
import type { ReadableSpan, Span, SpanProcessor } from '@opentelemetry/sdk-trace-web';

/** Passes on all spans but those of requests to the stack. */
export class WithoutOwnRequests implements SpanProcessor {
  readonly #stack: string;
  readonly #next: SpanProcessor;

  constructor(stack: string, next: SpanProcessor) {
    this.#stack = stack;
    this.#next = next;
  }

  onStart(span: Span, context: Context): void {
    this.#next.onStart(span, context);
  }

  onEnd(span: ReadableSpan): void {
    if (!String(span.attributes['url.full'] ?? '').startsWith(`${this.#stack}/`)) this.#next.onEnd(span);
  }

  forceFlush(): Promise<void> {
    return this.#next.forceFlush();
  }

  shutdown(): Promise<void> {
    return this.#next.shutdown();
  }
}
