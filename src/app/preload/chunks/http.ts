// HTTP with two wishes of ours: obs's own probes are no requests of users, and a browser that loads a page is told in
// which trace that page was made, so that what it reports of the page can join it.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Span, TraceFlags } from '@opentelemetry/api';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';

/** What a browser fetches as a page; see the Fetch specification, "Sec-Fetch-Dest". */
const pageDestinations = /^(?:document|iframe|frame)$/;

export const make = () =>
  new HttpInstrumentation({
    // Probes would drown the requests of users; scrapes and readiness checks say who they are.
    ignoreIncomingRequestHook: (request) => /^obs(-|$)/.test(request.headers['user-agent'] ?? ''),
    responseHook: tellPage,
  });

// Called before the app sees the request. Server-Timing is the one header of a page's answer that its scripts can read.
function tellPage(span: Span, response: IncomingMessage | ServerResponse): void {
  if (!('req' in response) || response.headersSent) return;
  if (!pageDestinations.test(String(response.req.headers['sec-fetch-dest']))) return;
  const { traceId, spanId, traceFlags } = span.spanContext();
  const flags = (traceFlags & TraceFlags.SAMPLED) === 0 ? '00' : '01';
  response.setHeader('server-timing', `traceparent;desc="00-${traceId}-${spanId}-${flags}"`);
}
