// The trace of one page load: begun here, so that backend and browser both join it, whatever language the backend is
// written in. W3C Trace Context; the browser learns it from Server-Timing.
import { randomBytes } from 'node:crypto';
import type { KeyValue, Span } from '../../wire/otlp/types.ts';

export interface PageTrace {
  readonly traceparent: string;
  /** The span of the load as seen from here. */
  readonly end: (request: { readonly path: string; readonly status: number; readonly nowMs: number }) => Span;
}

/** Span kind CLIENT. */
const clientKind = 3;
/** Flags: sampled. */
const sampled = 1;

export function beginPageTrace(startMs: number): PageTrace {
  const traceId = randomBytes(16).toString('hex');
  const spanId = randomBytes(8).toString('hex');
  return {
    traceparent: `00-${traceId}-${spanId}-01`,
    end: ({ path, status, nowMs }) => ({
      traceId,
      spanId,
      traceState: '',
      parentSpanId: '',
      flags: sampled,
      name: 'page load',
      kind: clientKind,
      startTimeUnixNano: toNano(startMs),
      endTimeUnixNano: toNano(nowMs),
      attributes: [
        text('http.request.method', 'GET'),
        text('url.path', path),
        { key: 'http.response.status_code', value: { kind: 'int', value: BigInt(status) } },
      ],
      droppedAttributesCount: 0,
      events: [],
      droppedEventsCount: 0,
      links: [],
      droppedLinksCount: 0,
      status: { code: status >= 500 ? 2 : 0, message: '' },
    }),
  };
}

function text(key: string, value: string): KeyValue {
  return { key, value: { kind: 'string', value } };
}

function toNano(ms: number): bigint {
  return BigInt(Math.round(ms * 1000)) * 1000n;
}
