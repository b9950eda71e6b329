// One page of a TraceQL search. Tempo's window is in whole seconds and it knows no paging, so a page asks for more traces
// until enough of them are older than the last one of the page before.
import type { TempoClient } from '../../clients/tempo.ts';
import { nsToMs } from '../../clients/traces/tree.ts';
import { compareBigInt } from '../../std/bigint.ts';
import { parseTraceql } from '../../traceql/parser.ts';
import type { FoundTrace } from '../../wire/tempo/decode-search.ts';
import type { QueryWindow } from './window.ts';

/** Spans listed of each trace: Tempo's own default. */
export const shownSpans = 3;

export interface SearchPage extends QueryWindow {
  readonly query: string;
  /** Traces at most. */
  readonly wanted: number;
  /** Start in nanoseconds and id of the last trace of the page before. */
  readonly after: readonly bigint[] | undefined;
}

const maxTraces = 20_000;

/** Traces newest first (by id where they began at the same time), those of earlier pages left out. */
export async function searchPage(tempo: TempoClient, page: SearchPage): Promise<FoundTrace[]> {
  const [afterNs, afterId] = page.after ?? [];
  const endMs = afterNs === undefined ? page.endMs : Math.min(page.endMs, nsToMs(afterNs));
  const query = addSelection(page.query);
  for (let limit = page.wanted; ; limit = Math.min(maxTraces, limit * 4)) {
    const found = await tempo.search({ query, startMs: page.startMs, endMs, limit, spansPerTrace: shownSpans });
    const older = found
      .sort((a, b) => compareBigInt(b.startNs, a.startNs) || compareBigInt(idOf(b), idOf(a)))
      .filter((trace) => afterNs === undefined || isAfter(trace, afterNs, afterId ?? 0n));
    if (older.length >= page.wanted || found.length < limit || limit >= maxTraces) return older.slice(0, page.wanted);
  }
}

// The names of the selected spans, which Tempo tells only when asked, and the newest traces instead of any.
function addSelection(query: string): string {
  if (parseTraceql(query).hints !== undefined) return query;
  return `${query} | select(name, resource.service.name) with (most_recent=true)`;
}

function isAfter(trace: FoundTrace, afterNs: bigint, afterId: bigint): boolean {
  return trace.startNs < afterNs || (trace.startNs === afterNs && idOf(trace) < afterId);
}

function idOf(trace: FoundTrace): bigint {
  return BigInt(`0x${trace.traceId}`);
}
