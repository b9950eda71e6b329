// Parts of a trace as Tempo's JSON: protobuf JSON with ids in base64, fields of value zero left out.
import type { AnyValue, KeyValue, Resource, Scope, Span, SpanEvent, SpanLink } from '../otlp/types.ts';
import { anyValueToJson } from './any-value.ts';

/** Names of kinds behind `SPAN_KIND_`. */
export const kinds = ['UNSPECIFIED', 'INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER'];
export const statuses = ['STATUS_CODE_UNSET', 'STATUS_CODE_OK', 'STATUS_CODE_ERROR'];

/** Writes the parts of one trace. */
export class TraceWriter {
  /** Values are shared objects of the dictionary, so most are written once. */
  private readonly values = new Map<AnyValue, string>();
  private readonly keys = new Map<string, string>();
  private readonly ids = new Map<string, string>();

  resource(resource: Resource): string {
    return object([
      this.attributes(resource.attributes),
      count('droppedAttributesCount', resource.droppedAttributesCount),
    ]);
  }

  scope(scope: Scope): string {
    return object([
      text('name', scope.name),
      text('version', scope.version),
      this.attributes(scope.attributes),
      count('droppedAttributesCount', scope.droppedAttributesCount),
    ]);
  }

  span(span: Span): string {
    return object([
      `"traceId":"${this.id(span.traceId)}","spanId":"${toBase64(span.spanId)}"`,
      text('traceState', span.traceState),
      span.parentSpanId ? `"parentSpanId":"${toBase64(span.parentSpanId)}"` : '',
      text('name', span.name),
      span.kind === 0 ? '' : `"kind":"SPAN_KIND_${kinds[span.kind] ?? span.kind}"`,
      `"startTimeUnixNano":"${span.startTimeUnixNano}","endTimeUnixNano":"${span.endTimeUnixNano}"`,
      this.attributes(span.attributes),
      count('droppedAttributesCount', span.droppedAttributesCount),
      span.events.length === 0 ? '' : `"events":${list(span.events, (event) => this.event(event))}`,
      count('droppedEventsCount', span.droppedEventsCount),
      span.links.length === 0 ? '' : `"links":${list(span.links, (link) => this.link(link))}`,
      count('droppedLinksCount', span.droppedLinksCount),
      `"status":${status(span.status)}`,
    ]);
  }

  private event(event: SpanEvent): string {
    return object([
      `"timeUnixNano":"${event.timeUnixNano}"`,
      text('name', event.name),
      this.attributes(event.attributes),
      count('droppedAttributesCount', event.droppedAttributesCount),
    ]);
  }

  private link(link: SpanLink): string {
    return object([
      `"traceId":"${this.id(link.traceId)}","spanId":"${toBase64(link.spanId)}"`,
      text('traceState', link.traceState),
      this.attributes(link.attributes),
      count('droppedAttributesCount', link.droppedAttributesCount),
    ]);
  }

  private attributes(attributes: readonly KeyValue[]): string {
    if (attributes.length === 0) return '';
    return `"attributes":${list(attributes, ({ key, value }) => `{"key":${this.key(key)},"value":${this.value(value)}}`)}`;
  }

  private key(key: string): string {
    return remember(this.keys, key, () => JSON.stringify(key));
  }

  private value(value: AnyValue): string {
    return remember(this.values, value, () => JSON.stringify(anyValueToJson(value)));
  }

  private id(hex: string): string {
    return remember(this.ids, hex, () => toBase64(hex));
  }
}

function remember<K>(known: Map<K, string>, key: K, make: () => string): string {
  const found = known.get(key);
  if (found !== undefined) return found;
  const made = make();
  known.set(key, made);
  return made;
}

function toBase64(hex: string): string {
  return Buffer.from(hex, 'hex').toString('base64');
}

function status({ code, message }: Span['status']): string {
  if (code === 0 && message === '') return '{}';
  return object([text('message', message), code === 0 ? '' : `"code":"${statuses[code] ?? code}"`]);
}

// Zero values do not appear in protobuf JSON.
function text(name: string, value: string): string {
  return value === '' ? '' : `"${name}":${JSON.stringify(value)}`;
}

function count(name: string, value: number): string {
  return value === 0 ? '' : `"${name}":${value}`;
}

function list<T>(items: readonly T[], write: (item: T) => string): string {
  let out = '';
  for (const item of items) out += (out === '' ? '' : ',') + write(item);
  return `[${out}]`;
}

function object(fields: readonly string[]): string {
  let out = '';
  for (const field of fields) if (field !== '') out += (out === '' ? '' : ',') + field;
  return `{${out}}`;
}
