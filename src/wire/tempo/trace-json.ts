// A trace as Tempo's JSON: protobuf JSON with ids in base64, fields of value zero left out.
import type { ExportRequest, KeyValue, Scope, Span, SpanEvent, SpanLink } from '../otlp/types.ts';
import { anyValueToJson } from './any-value.ts';

const kinds = ['UNSPECIFIED', 'INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER'];
const statuses = ['STATUS_CODE_UNSET', 'STATUS_CODE_OK', 'STATUS_CODE_ERROR'];

/** The list that v1 calls `batches` and v2 `resourceSpans`. */
export function traceToJson(trace: ExportRequest<Span>): unknown[] {
  return trace.map((group) => ({
    resource: prune({
      attributes: attributesToJson(group.resource.attributes),
      droppedAttributesCount: group.resource.droppedAttributesCount,
    }),
    scopeSpans: group.scopes.map((scope) => ({ scope: scopeToJson(scope.scope), spans: scope.items.map(spanToJson) })),
  }));
}

function scopeToJson(scope: Scope): unknown {
  return prune({
    name: scope.name,
    version: scope.version,
    attributes: attributesToJson(scope.attributes),
    droppedAttributesCount: scope.droppedAttributesCount,
  });
}

function spanToJson(span: Span): unknown {
  return prune({
    traceId: idToJson(span.traceId),
    spanId: idToJson(span.spanId),
    traceState: span.traceState,
    parentSpanId: idToJson(span.parentSpanId),
    name: span.name,
    kind: span.kind === 0 ? '' : `SPAN_KIND_${kinds[span.kind] ?? span.kind}`,
    startTimeUnixNano: String(span.startTimeUnixNano),
    endTimeUnixNano: String(span.endTimeUnixNano),
    attributes: attributesToJson(span.attributes),
    droppedAttributesCount: span.droppedAttributesCount,
    events: span.events.map(eventToJson),
    droppedEventsCount: span.droppedEventsCount,
    links: span.links.map(linkToJson),
    droppedLinksCount: span.droppedLinksCount,
    status: prune({ message: span.status.message, code: span.status.code === 0 ? '' : statuses[span.status.code] }),
  });
}

function eventToJson(event: SpanEvent): unknown {
  return prune({
    timeUnixNano: String(event.timeUnixNano),
    name: event.name,
    attributes: attributesToJson(event.attributes),
    droppedAttributesCount: event.droppedAttributesCount,
  });
}

function linkToJson(link: SpanLink): unknown {
  return prune({
    traceId: idToJson(link.traceId),
    spanId: idToJson(link.spanId),
    traceState: link.traceState,
    attributes: attributesToJson(link.attributes),
    droppedAttributesCount: link.droppedAttributesCount,
  });
}

function attributesToJson(attributes: readonly KeyValue[]): unknown[] {
  return attributes.map(({ key, value }) => ({ key, value: anyValueToJson(value) }));
}

function idToJson(hex: string): string {
  return Buffer.from(hex, 'hex').toString('base64');
}

// Zero values do not appear in protobuf JSON.
function prune(fields: Record<string, unknown>): Record<string, unknown> {
  const kept = Object.entries(fields).filter(
    ([, value]) => value !== '' && value !== 0 && value !== undefined && !(Array.isArray(value) && value.length === 0),
  );
  return Object.fromEntries(kept);
}
