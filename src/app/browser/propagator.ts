// W3C trace context between a page and its backend: requests of the page carry its spans' ids, and the page itself
// belongs to the trace in which the backend answered for it, which the answer's Server-Timing header tells.
import {
  type Context,
  isSpanContextValid,
  type TextMapGetter,
  type TextMapPropagator,
  type TextMapSetter,
  trace,
} from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { page } from './page.ts';

const headerName = 'traceparent';

/** The propagator of the loader. */
export class PagePropagator implements TextMapPropagator {
  readonly #standard = new W3CTraceContextPropagator();

  inject(context: Context, carrier: unknown, setter: TextMapSetter): void {
    // A page with an OpenTelemetry of its own has set it already, and its trace is the one to go on.
    if (carrier instanceof Headers && carrier.has(headerName)) return;
    this.#standard.inject(context, carrier, setter);
  }

  /** Document load asks with what a meta element of the page said, or with an empty text. */
  extract(context: Context, carrier: unknown, getter: TextMapGetter): Context {
    const told = this.#standard.extract(context, carrier, getter);
    const spanContext = trace.getSpanContext(told);
    if (spanContext !== undefined && isSpanContextValid(spanContext)) return told;
    const traceparent = readServerTiming();
    if (traceparent === undefined) return told;
    const own: TextMapGetter<Record<string, string>> = { keys: Object.keys, get: (from, key) => from[key] };
    return this.#standard.extract(context, { [headerName]: traceparent }, own);
  }

  fields(): string[] {
    return this.#standard.fields();
  }
}

function readServerTiming(): string | undefined {
  const [navigation] = page.performance.getEntriesByType('navigation');
  return navigation?.serverTiming?.find(({ name }) => name === headerName)?.description;
}
