// GET /api/search: TraceQL in `q`, or the older tags and durations.
import { searchTraces } from '../../../traceql/search.ts';
import { searchResponse } from '../../../wire/tempo/answer-protobuf.ts';
import { refuseBeyond } from '../../http/refusal.ts';
import type { ApiRequest, ApiResponse } from '../../http/types.ts';
import { answerAs } from './answers.ts';
import { openSource, type TempoContext } from './context.ts';
import { readTagQuery, searchByTags } from './legacy-search.ts';
import { readDurationMs, readText, readUint32, refuse } from './params.ts';
import { inServerWords, parseQuery, validateQuery } from './queries.ts';
import { searchAnswer } from './search-answer.ts';

const defaultLimit = 20;
const defaultSpansPerSet = 3;
const maxSpansPerSet = 100;
const maxRangeSec = 168 * 3600;
const prefix = 'invalid TraceQL query: ';

/** Answers a search. @throws HttpRefusal */
export function handleSearch(context: TempoContext, request: ApiRequest): ApiResponse {
  const { query: params } = request;
  const { bounds } = context;
  const window = { startSec: readUint32(params, 'start') ?? 0, endSec: readUint32(params, 'end') ?? 0 };
  const text = readText(params, 'q');
  const tags = readTagQuery(params, {
    hasQuery: text !== undefined,
    hasWindow: window.startSec !== 0 || window.endSec !== 0,
  });
  const durations = readDurations(params);
  const limit = readLimit(params);
  const spansPerSet = readUint32(params, 'spss') ?? defaultSpansPerSet;
  failIfWindowIsWrong(window);
  if (limit > bounds.queryTraces)
    throw refuseBeyond(400, { limit: 'queryTraces', bounds }, `limit ${limit} exceeds max limit ${bounds.queryTraces}`);
  const query = text === undefined ? undefined : parseQuery(text, prefix);
  if (query && text !== undefined) validateQuery(query, text, prefix);
  failIfTooMuch(window, spansPerSet);
  const source = openSource(context);
  if (!query) return answerAs(searchResponse, searchByTags(source, { ...window, ...durations, tags, limit }), request);
  const result = inServerWords('', () => searchTraces(query, source, { ...window, limit }));
  return answerAs(searchResponse, searchAnswer(source, result, spansPerSet), request);
}

function readDurations(params: URLSearchParams): { minMs: number; maxMs: number } {
  const minMs = readDurationMs(params, 'minDuration') ?? 0;
  const maxMs = readDurationMs(params, 'maxDuration') ?? 0;
  if (maxMs !== 0 && minMs > maxMs) throw refuse('invalid maxDuration: must be greater than minDuration');
  return { minMs, maxMs };
}

function readLimit(params: URLSearchParams): number {
  const limit = readUint32(params, 'limit');
  if (limit === 0) throw refuse('invalid limit: must be a positive number');
  return limit ?? defaultLimit;
}

interface Window {
  readonly startSec: number;
  readonly endSec: number;
}

function failIfWindowIsWrong({ startSec, endSec }: Window): void {
  if (startSec === 0 && endSec === 0) return;
  if (endSec <= startSec)
    throw refuse(`http parameter start must be before end. received start=${startSec} end=${endSec}`);
}

function failIfTooMuch({ startSec, endSec }: Window, spansPerSet: number): void {
  if (endSec - startSec > maxRangeSec)
    throw refuse(`range specified by start and end exceeds 168h0m0s. received start=${startSec} end=${endSec}`);
  if (spansPerSet > maxSpansPerSet)
    throw refuse(`spans per span set exceeds ${maxSpansPerSet}. received ${spansPerSet}`);
}
