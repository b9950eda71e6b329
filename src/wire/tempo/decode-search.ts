// Answers of Tempo's search: traces, and in each the spans that a query selected.
// https://grafana.com/docs/tempo/latest/api_docs/#search
import { asArray, asBigInt, asNumber, asRecord, asText } from '../../std/json-value.ts';
import { type AttributeValue, decodeAttributes } from './decode-attributes.ts';

export interface FoundSpan {
  readonly spanId: string;
  readonly startNs: bigint;
  readonly durationNs: bigint;
  /** Tempo gives the name only if the query selects it. */
  readonly name: string;
  /** What the query selects or filters by, under its key without scope. */
  readonly attributes: Readonly<Record<string, AttributeValue>>;
}

export interface FoundTrace {
  readonly traceId: string;
  readonly rootService: string;
  readonly rootName: string;
  readonly startNs: bigint;
  readonly durationMs: number;
  /** Spans and failed spans by service. */
  readonly services: Readonly<Record<string, { readonly spans: number; readonly errors: number }>>;
  /** Spans selected, which may be more than are listed. */
  readonly matched: number;
  readonly spans: readonly FoundSpan[];
}

/** Reads the body of `/api/search`. */
export function decodeSearch(body: unknown): FoundTrace[] {
  return asArray(asRecord(body).traces).map(decodeTrace);
}

function decodeTrace(json: unknown): FoundTrace {
  const trace = asRecord(json);
  const sets =
    trace.spanSets === undefined
      ? asArray(trace.spanSet === undefined ? [] : [trace.spanSet])
      : asArray(trace.spanSets);
  const spans = new Map<string, FoundSpan>();
  for (const span of sets.flatMap((set) => asArray(asRecord(set).spans)).map(decodeSpan)) spans.set(span.spanId, span);
  return {
    // Tempo leaves out leading zeros.
    traceId: (asText(trace.traceID) || readGroupedId(sets)).toLowerCase().padStart(32, '0'),
    rootService: asText(trace.rootServiceName),
    rootName: asText(trace.rootTraceName),
    startNs: asBigInt(trace.startTimeUnixNano),
    durationMs: asNumber(trace.durationMs),
    services: decodeServices(trace.serviceStats),
    matched: sets.reduce<number>((sum, set) => sum + asNumber(asRecord(set).matched), 0),
    spans: [...spans.values()],
  };
}

// What a query groups by is missing in the head of the trace, and stands with its span sets.
function readGroupedId(sets: readonly unknown[]): string {
  const attributes = asRecord(sets.length === 0 ? {} : decodeAttributes(asRecord(sets[0]).attributes));
  return asText(attributes['by(trace:id)']);
}

function decodeSpan(json: unknown): FoundSpan {
  const span = asRecord(json);
  return {
    spanId: asText(span.spanID).toLowerCase().padStart(16, '0'),
    startNs: asBigInt(span.startTimeUnixNano),
    durationNs: asBigInt(span.durationNanos),
    name: asText(span.name),
    attributes: decodeAttributes(span.attributes),
  };
}

function decodeServices(json: unknown): FoundTrace['services'] {
  const entries = Object.entries(asRecord(json)).map(([service, stats]) => {
    const { spanCount, errorCount } = asRecord(stats);
    return [service, { spans: asNumber(spanCount), errors: asNumber(errorCount) }] as const;
  });
  return Object.fromEntries(entries);
}
