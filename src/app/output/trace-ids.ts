// Trace and span id that a logger wrote into the line, as JSON or logfmt.

const traceField = /\btrace[._]?id["']?\s*[:=]\s*["']?([0-9a-f]{32})\b/i;
const spanField = /\bspan[._]?id["']?\s*[:=]\s*["']?([0-9a-f]{16})\b/i;

export interface TraceIds {
  readonly traceId: string;
  readonly spanId: string;
}

export const noTraceIds: TraceIds = { traceId: '', spanId: '' };

/** The ids in a line; empty where there is none. */
export function findTraceIds(line: string): TraceIds {
  const trace = traceField.exec(line);
  if (trace === null) return noTraceIds;
  return { traceId: (trace[1] ?? '').toLowerCase(), spanId: (spanField.exec(line)?.[1] ?? '').toLowerCase() };
}
