// Span. https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/trace/v1/trace.proto
import { many, message, one } from './codec.ts';
import { attributeFields, exportRequest } from './common.ts';
import { enumeration, fixed32, hexId, name, text, timeNs, uint32 } from './scalars.ts';
import type { Span, SpanEvent, SpanLink } from './types.ts';

const spanKindNames = ['UNSPECIFIED', 'INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER'].map(
  (kind) => `SPAN_KIND_${kind}`,
);
const statusCodeNames = ['STATUS_CODE_UNSET', 'STATUS_CODE_OK', 'STATUS_CODE_ERROR'];

export const spanEvent = message<SpanEvent>(
  'Span.Event',
  () => ({ timeUnixNano: 0n, name: '', attributes: [], droppedAttributesCount: 0 }),
  [one(1, 'timeUnixNano', timeNs), one(2, 'name', name), ...attributeFields<SpanEvent>(3, 4)],
);

export const spanLink = message<SpanLink>(
  'Span.Link',
  () => ({ traceId: '', spanId: '', traceState: '', attributes: [], droppedAttributesCount: 0, flags: 0 }),
  [
    one(1, 'traceId', hexId(16)),
    one(2, 'spanId', hexId(8)),
    one(3, 'traceState', text),
    ...attributeFields<SpanLink>(4, 5),
    one(6, 'flags', fixed32),
  ],
);

const unsetStatus: Span['status'] = { code: 0, message: '' };
const status = message<Span['status']>('Status', () => ({ ...unsetStatus }), [
  one(2, 'message', text),
  one(3, 'code', enumeration(statusCodeNames)),
]);

const unset: Omit<Span, 'attributes' | 'events' | 'links'> = {
  traceId: '',
  spanId: '',
  traceState: '',
  parentSpanId: '',
  flags: 0,
  name: '',
  kind: 0,
  startTimeUnixNano: 0n,
  endTimeUnixNano: 0n,
  droppedAttributesCount: 0,
  droppedEventsCount: 0,
  droppedLinksCount: 0,
  status: unsetStatus,
};

/** A span of which nothing is known. */
export const newSpan = (): Span => ({ ...unset, attributes: [], events: [], links: [] });

export const span = message<Span>('Span', newSpan, [
  one(1, 'traceId', hexId(16)),
  one(2, 'spanId', hexId(8)),
  one(3, 'traceState', text),
  one(4, 'parentSpanId', hexId(8)),
  one(16, 'flags', fixed32),
  one(5, 'name', name),
  one(6, 'kind', enumeration(spanKindNames)),
  one(7, 'startTimeUnixNano', timeNs),
  one(8, 'endTimeUnixNano', timeNs),
  ...attributeFields<Span>(9, 10),
  many<Span, 'events', SpanEvent>(11, 'events', spanEvent),
  one(12, 'droppedEventsCount', uint32),
  many<Span, 'links', SpanLink>(13, 'links', spanLink),
  one(14, 'droppedLinksCount', uint32),
  one(15, 'status', status),
]);

export const tracesRequest = exportRequest(span, {
  resources: 'resourceSpans',
  scopes: 'scopeSpans',
  records: 'spans',
});
