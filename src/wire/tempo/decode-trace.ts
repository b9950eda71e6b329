// One trace as Tempo answers it (OTLP JSON; v2 wrapped in `trace`, v1 with `batches`) → a flat list of spans.
// https://grafana.com/docs/tempo/latest/api_docs/#query-v2
import { asArray, asBigInt, asNumber, asRecord, asText, type JsonRecord } from '../../std/json-value.ts';
import { type AttributeValue, decodeAttributes } from './decode-attributes.ts';

export type SpanStatus = 'unset' | 'ok' | 'error';
export const spanKinds = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'] as const;
export type SpanKind = (typeof spanKinds)[number];

export interface TraceEvent {
  readonly atNs: bigint;
  readonly name: string;
  readonly attributes: Readonly<Record<string, AttributeValue>>;
}

export interface TraceSpan {
  readonly traceId: string;
  readonly spanId: string;
  /** '' for a root. */
  readonly parentSpanId: string;
  readonly name: string;
  readonly kind: SpanKind;
  readonly service: string;
  /** Name of the instrumentation scope. */
  readonly scope: string;
  readonly startNs: bigint;
  readonly durationNs: bigint;
  readonly status: SpanStatus;
  readonly statusMessage: string;
  readonly attributes: Readonly<Record<string, AttributeValue>>;
  readonly resource: Readonly<Record<string, AttributeValue>>;
  readonly events: readonly TraceEvent[];
}

/** Reads the body of `/api/v2/traces/ID` or `/api/traces/ID`. Spans that came twice are listed once. */
export function decodeTrace(body: unknown): TraceSpan[] {
  const whole = asRecord(body);
  const trace = whole.trace === undefined ? whole : asRecord(whole.trace);
  const groups = asArray(trace.resourceSpans ?? trace.batches);
  const spans = new Map<string, TraceSpan>();
  for (const span of groups.flatMap((group) => decodeResource(asRecord(group)))) spans.set(span.spanId, span);
  return [...spans.values()];
}

function decodeResource(group: JsonRecord): TraceSpan[] {
  const resource = decodeAttributes(asRecord(group.resource).attributes);
  const service = asText(resource['service.name'], 'unknown_service');
  return asArray(group.scopeSpans ?? group.instrumentationLibrarySpans).flatMap((one) => {
    const { scope, instrumentationLibrary, spans } = asRecord(one);
    const scopeName = asText(asRecord(scope ?? instrumentationLibrary).name);
    return asArray(spans).map((span) => decodeSpan(asRecord(span), { resource, service, scope: scopeName }));
  });
}

function decodeSpan(span: JsonRecord, shared: Pick<TraceSpan, 'resource' | 'service' | 'scope'>): TraceSpan {
  const startNs = asBigInt(span.startTimeUnixNano);
  const status = asRecord(span.status);
  return {
    ...shared,
    traceId: decodeId(span.traceId, 32),
    spanId: decodeId(span.spanId, 16),
    parentSpanId: decodeId(span.parentSpanId, 16),
    name: asText(span.name),
    kind: decodeKind(span.kind),
    startNs,
    durationNs: asBigInt(span.endTimeUnixNano) - startNs,
    status: decodeStatus(status.code),
    statusMessage: asText(status.message),
    attributes: decodeAttributes(span.attributes),
    events: asArray(span.events).map((event) => decodeEvent(asRecord(event))),
  };
}

function decodeEvent(event: JsonRecord): TraceEvent {
  return {
    atNs: asBigInt(event.timeUnixNano),
    name: asText(event.name),
    attributes: decodeAttributes(event.attributes),
  };
}

// Tempo writes ids as base64 (protobuf's JSON), OTLP's own JSON writes hex.
function decodeId(json: unknown, digits: number): string {
  const text = asText(json);
  if (text === '' || /^0+$/.test(text)) return '';
  if (text.length === digits && /^[0-9a-fA-F]+$/.test(text)) return text.toLowerCase();
  const hex = Buffer.from(text, 'base64').toString('hex');
  return /^0*$/.test(hex) ? '' : hex.padStart(digits, '0');
}

function decodeKind(json: unknown): SpanKind {
  const named = /^SPAN_KIND_(\w+)$/.exec(asText(json))?.[1]?.toLowerCase();
  return spanKinds.find((kind) => kind === named) ?? spanKinds[asNumber(json)] ?? 'unspecified';
}

const statuses: Readonly<Record<string, SpanStatus>> = {
  '1': 'ok',
  STATUS_CODE_OK: 'ok',
  '2': 'error',
  STATUS_CODE_ERROR: 'error',
};

function decodeStatus(json: unknown): SpanStatus {
  return statuses[asText(json)] ?? 'unset';
}
