// GET /api/traces/<id> and /api/v2/traces/<id>: one whole trace, as JSON or protobuf by Accept.
import { parseTraceId, type TraceId } from '../../../model/ids.ts';
import type { ApiRequest, ApiResponse } from '../../http/types.ts';
import type { TraceStore } from '../../store/traces/trace-store.ts';
import { tellPruned } from '../pruned.ts';
import { jsonText, protobufAnswer, wantsProtobuf } from './answers.ts';
import { readInt64, readText, refuse } from './params.ts';
import type { SpareRoom } from './spare-room.ts';
import { writeTrace } from './trace-body.ts';
import { filterTrace, readTraceFilter } from './trace-filter.ts';
import { writeTraceProtobuf } from './trace-protobuf.ts';

const maxIdDigits = 32;
const modes: ReadonlySet<string> = new Set(['all', 'ingesters', 'blocks', 'external']);

interface Context {
  readonly store: TraceStore;
  /** Where answers are written. */
  readonly spare: SpareRoom;
}

/** v1: `{batches}`, 404 for an unknown trace. @throws HttpRefusal */
export function handleTraceV1({ store, spare }: Context, request: ApiRequest): ApiResponse {
  const id = readRequest(request);
  const trace = store.openTrace(id);
  if (!trace) return unknown;
  const isProtobuf = wantsProtobuf(request.headers);
  const body = isProtobuf
    ? writeTraceProtobuf(trace, { isWrapped: false, spare })
    : writeTrace(trace, { head: '{"batches":', tail: '}', spare });
  return { ...(isProtobuf ? protobufAnswer(body) : jsonText(body)), onSent: () => spare.give(body) };
}

const unknown: ApiResponse = { status: 404, body: '' };
// An unknown trace is there, too, but empty: tempo-cli fails on an answer without one.
const emptyTrace = Buffer.of(0x0a, 0, 0x12, 0);
const filteredMessage = 'Trace filtered, only a subset of spans matching the filter is returned';
// Fields 3 and 4: the status PARTIAL, and the message.
const filteredNote = Buffer.concat([Buffer.of(0x18, 1, 0x22, filteredMessage.length), Buffer.from(filteredMessage)]);

/** Tempo's way of saying that there may be more: here that the trace may have been pruned. */
function emptyV2(store: TraceStore): string {
  const [message] = tellPruned(0, store.prunedBeforeMs);
  return JSON.stringify({ metrics: {}, ...(message === undefined ? {} : { status: 'PARTIAL', message }) });
}

/** v2: `{trace: {resourceSpans}}`, empty for an unknown trace; `q` keeps some of the spans. @throws HttpRefusal */
export function handleTraceV2({ store, spare }: Context, request: ApiRequest): ApiResponse {
  const id = readRequest(request);
  const filter = readTraceFilter(request.query);
  const whole = store.openTrace(id);
  const filtered = whole && filter && filterTrace(store, whole, filter);
  const trace = filtered?.trace ?? whole;
  const isPartial = filtered?.isWhole === false;
  if (wantsProtobuf(request.headers)) {
    if (!trace) return protobufAnswer(emptyTrace);
    const body = writeTraceProtobuf(trace, { isWrapped: true, spare });
    const answer = protobufAnswer(isPartial ? Buffer.concat([body, filteredNote]) : body);
    return { ...answer, onSent: () => spare.give(body) };
  }
  if (!trace) return jsonText(emptyV2(store));
  const tail = `,"metrics":{}${isPartial ? `,"status":"PARTIAL","message":${JSON.stringify(filteredMessage)}` : ''}}`;
  if (trace.groups.length === 0) return jsonText(`{"trace":{}${tail}`);
  const body = writeTrace(trace, { head: '{"trace":{"resourceSpans":', tail: `}${tail}`, spare });
  return { ...jsonText(body), onSent: () => spare.give(body) };
}

function readRequest({ params, query }: ApiRequest): TraceId {
  const id = readTraceId(params.traceID ?? '');
  failIfWindowIsWrong(query);
  return id;
}

function readTraceId(text: string): TraceId {
  const bad = [...text].findIndex((char) => !/[0-9a-fA-F]/.test(char));
  if (bad !== -1)
    throw refuse(
      `trace IDs can only contain hex characters: invalid character '${[...text][bad]}' at position ${bad + 1}`,
    );
  const digits = text.replace(/^0+/, '');
  const id = digits.length > maxIdDigits ? undefined : parseTraceId(digits || '0');
  if (id === undefined) throw refuse("trace IDs can't be larger than 128 bits");
  return id;
}

function failIfWindowIsWrong(query: URLSearchParams): void {
  const mode = readText(query, 'mode');
  if (mode !== undefined && !modes.has(mode)) throw refuse(`invalid value for mode ${mode}`);
  if (mode === 'ingesters') return;
  const start = readInt64(query, 'start') ?? 0n;
  const end = readInt64(query, 'end') ?? 0n;
  if (start !== 0n && end !== 0n && end <= start)
    throw refuse(`http parameter start must be before end. received start=${start} end=${end}`);
}
