// Waits until the traces of a journey are whole: every span's parent is there, and nothing more arrives. Apps send their
// spans in batches after the answer went out, so the end of a journey is not the end of its spans.
import type { TempoClient } from '../clients/tempo.ts';
import { buildTree } from '../clients/traces/tree.ts';
import { obsScopeName } from '../model/attributes.ts';
import { countOf } from '../std/plural.ts';
import { sleep } from '../std/sleep.ts';

export interface SettleOptions {
  readonly traceIds: readonly string[];
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

export interface SettledJourney {
  readonly settled: boolean;
  /** Spans of all traces, and those of them that are not of obs itself. */
  readonly spans: number;
  readonly appSpans: number;
  /** What was still missing when the wait was over. */
  readonly pending: readonly string[];
}

// Apps that obs boots send every 100 ms; twice that without news, and nothing is on its way.
const quietMs = 250;

/** Waits for the traces, at most `timeoutMs`; those that are whole are not asked for again. */
export async function settleTraces(tempo: TempoClient, options: SettleOptions): Promise<SettledJourney> {
  const deadline = performance.now() + options.timeoutMs;
  const whole = new Map<string, number>();
  const last = new Map<string, TraceState>();
  for (;;) {
    for (const traceId of options.traceIds) {
      if (whole.has(traceId)) continue;
      const state = await readState(tempo, traceId);
      const before = last.get(traceId);
      if (state.missing === null && before?.missing === null && before.spans === state.spans)
        whole.set(traceId, state.spans);
      last.set(traceId, state);
    }
    const open = options.traceIds.filter((traceId) => !whole.has(traceId));
    if (open.length === 0 || performance.now() >= deadline) {
      return {
        settled: open.length === 0,
        spans: [...last.values()].reduce((sum, state) => sum + state.spans, 0),
        appSpans: [...last.values()].reduce((sum, state) => sum + state.appSpans, 0),
        pending: open.flatMap((traceId) => last.get(traceId)?.missing ?? []),
      };
    }
    await sleep(quietMs, options.signal);
  }
}

interface TraceState {
  readonly spans: number;
  readonly appSpans: number;
  readonly missing: string | null;
}

async function readState(tempo: TempoClient, traceId: string): Promise<TraceState> {
  const spans = await tempo.trace(traceId);
  if (spans === null) return { spans: 0, appSpans: 0, missing: `trace ${traceId} has not arrived` };
  const orphans = buildTree(spans).nodes.filter((node) => node.orphan).length;
  const missing =
    orphans === 0 ? null : `${countOf(orphans, 'span')} of trace ${traceId} without a parent, which is still open`;
  return { spans: spans.length, appSpans: spans.filter((span) => span.scope !== obsScopeName).length, missing };
}
