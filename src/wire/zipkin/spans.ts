// Zipkin's spans (API v2, JSON) as an OTLP export, translated as OpenTelemetry describes it and its Collector does.
// https://zipkin.io/zipkin-api/#/default/post_spans · https://opentelemetry.io/docs/specs/otel/trace/sdk_exporters/zipkin/
import { asArray, asRecord, asText, asTextRecord, type JsonRecord } from '../../std/json-value.ts';
import type { AnyValue, KeyValue, ResourceGroup, Span } from '../otlp/types.ts';

/** A body that is no list of Zipkin spans. */
export class MalformedZipkin extends Error {}

const kinds: Readonly<Record<string, number>> = { SERVER: 2, CLIENT: 3, PRODUCER: 4, CONSUMER: 5 };
const statusCodes: Readonly<Record<string, number>> = { OK: 1, ERROR: 2 };
const errorStatus = 2;
const noService = 'unknown_service';
/** Tags that become something else than an attribute. */
const specialTags: ReadonlySet<string> = new Set(['otel.status_code', 'otel.status_description', 'error']);

/** Decodes the body of `POST /api/v2/spans`: a resource for each service, in the order in which they come. @throws MalformedZipkin */
export function decodeZipkinSpans(body: Buffer): ResourceGroup<Span>[] {
  const byService = new Map<string, Span[]>();
  for (const [index, item] of parseList(body).entries()) {
    const json = asRecord(item);
    const service = asText(asRecord(json.localEndpoint).serviceName) || noService;
    const spans = byService.get(service) ?? [];
    byService.set(service, spans);
    spans.push(readSpan(json, index));
  }
  return [...byService].map(([service, items]) => ({
    resource: { attributes: [attribute('service.name', service)], droppedAttributesCount: 0 },
    schemaUrl: '',
    scopes: [
      { scope: { name: 'zipkin', version: '', attributes: [], droppedAttributesCount: 0 }, schemaUrl: '', items },
    ],
  }));
}

function readSpan(json: JsonRecord, index: number): Span {
  const startTimeUnixNano = nanosOf(json.timestamp);
  const tags = Object.entries(asTextRecord(json.tags));
  return {
    traceId: readId(json.traceId, { digits: 32, name: 'traceId', index }),
    spanId: readId(json.id, { digits: 16, name: 'id', index }),
    parentSpanId: json.parentId === undefined ? '' : readId(json.parentId, { digits: 16, name: 'parentId', index }),
    traceState: '',
    flags: 0,
    name: asText(json.name),
    kind: kinds[asText(json.kind)] ?? 0,
    startTimeUnixNano,
    endTimeUnixNano: startTimeUnixNano + nanosOf(json.duration),
    attributes: [
      ...tags.filter(([key]) => !specialTags.has(key)).map(([key, value]) => attribute(key, value)),
      ...readRemote(asRecord(json.remoteEndpoint)),
    ],
    droppedAttributesCount: 0,
    events: asArray(json.annotations)
      .map(asRecord)
      .map(({ timestamp, value }) => ({
        timeUnixNano: nanosOf(timestamp),
        name: asText(value),
        attributes: [],
        droppedAttributesCount: 0,
      })),
    droppedEventsCount: 0,
    links: [],
    droppedLinksCount: 0,
    status: readStatus(new Map(tags)),
  };
}

/** Zipkin says that a span failed by a tag `error`, whatever its value. */
function readStatus(tags: ReadonlyMap<string, string>): Span['status'] {
  const error = tags.get('error');
  const code =
    statusCodes[tags.get('otel.status_code')?.toUpperCase() ?? ''] ?? (error === undefined ? 0 : errorStatus);
  const told = error === undefined || error === 'true' ? '' : error;
  return { code, message: tags.get('otel.status_description') ?? told };
}

function readRemote({ serviceName, ipv4, ipv6, port }: JsonRecord): KeyValue[] {
  const found = [
    ['peer.service', asText(serviceName)],
    ['net.peer.ip', asText(ipv4) || asText(ipv6)],
    ['net.peer.port', typeof port === 'number' ? String(port) : ''],
  ] as const;
  return found.filter(([, value]) => value !== '').map(([key, value]) => attribute(key, value));
}

function attribute(key: string, value: string): KeyValue {
  const text: AnyValue = { kind: 'string', value };
  return { key, value: text };
}

function readId(json: unknown, of: { digits: number; name: string; index: number }): string {
  if (typeof json !== 'string' || !/^[0-9a-f]+$/i.test(json) || json.length > of.digits)
    throw new MalformedZipkin(`span ${of.index} has a ${of.name} that is not 1 to ${of.digits} hex digits`);
  return json.toLowerCase().padStart(of.digits, '0');
}

/** Microseconds as nanoseconds; what is no such number counts as not there. */
function nanosOf(json: unknown): bigint {
  const isTime = typeof json === 'number' && json > 0 && Number.isSafeInteger(Math.trunc(json));
  return isTime ? BigInt(Math.trunc(json)) * 1_000n : 0n;
}

function parseList(body: Buffer): unknown[] {
  let json: unknown;
  try {
    json = JSON.parse(body.toString('utf8'));
  } catch (error) {
    throw new MalformedZipkin(`no JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (!Array.isArray(json)) throw new MalformedZipkin('a list of spans is expected');
  return json;
}
