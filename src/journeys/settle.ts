// Waits until the traces of a journey are whole: every span's parent is there, and nothing more arrives. Apps send their
// spans in batches after the answer went out, so the end of a journey is not the end of its spans.
import type { TempoClient } from '../clients/tempo.ts';
import { type Completeness, readCompleteness } from '../clients/traces/completeness.ts';
import { mapLimited } from '../std/map-limited.ts';
import { sleep } from '../std/sleep.ts';

export interface SettleOptions {
  readonly traceIds: readonly string[];
  readonly timeoutMs: number;
  /** Between two looks. Default 250. */
  readonly pollMs?: number;
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

const defaultPollMs = 250;
const tracesAtOnce = 4;
/**
 * How many looks in a row must show the same before nothing more is expected. Apps that obs boots send every 100 ms, but
 * a busy machine delays them; and a trace without a span of an app is more often early than whole, the more so when
 * other traces of the same journey have some.
 */
const quietLooks = { withApps: 2, withoutApps: 4, unlikeOthers: 12 } as const;

/** Waits for the traces, at most `timeoutMs`; those that are whole are not asked for again. */
export async function settleTraces(tempo: TempoClient, options: SettleOptions): Promise<SettledJourney> {
  const deadline = performance.now() + options.timeoutMs;
  const states = new Map<string, TraceState>();
  for (;;) {
    const open = options.traceIds.filter((traceId) => !isWhole(states, traceId));
    await mapLimited(open, tracesAtOnce, async (traceId) => {
      states.set(traceId, await look(tempo, traceId, states.get(traceId)));
    });
    const pending = options.traceIds.filter((traceId) => !isWhole(states, traceId));
    if (pending.length === 0 || performance.now() >= deadline) return describe(states, pending);
    await sleep(options.pollMs ?? defaultPollMs, options.signal);
  }
}

interface TraceState extends Completeness {
  /** Looks that showed the same as the one before. */
  readonly quiet: number;
}

function isWhole(states: ReadonlyMap<string, TraceState>, traceId: string): boolean {
  const state = states.get(traceId);
  if (state === undefined || state.missing !== null) return false;
  if (state.appSpans > 0) return state.quiet >= quietLooks.withApps;
  const others = [...states.values()].some((other) => other.appSpans > 0);
  return state.quiet >= (others ? quietLooks.unlikeOthers : quietLooks.withoutApps);
}

async function look(tempo: TempoClient, traceId: string, before: TraceState | undefined): Promise<TraceState> {
  const now = await readCompleteness(tempo, traceId);
  return { ...now, quiet: before?.spans === now.spans ? before.quiet + 1 : 0 };
}

function describe(states: ReadonlyMap<string, TraceState>, pending: readonly string[]): SettledJourney {
  const all = [...states.values()];
  return {
    settled: pending.length === 0,
    spans: all.reduce((sum, state) => sum + state.spans, 0),
    appSpans: all.reduce((sum, state) => sum + state.appSpans, 0),
    pending: pending.map((traceId) => states.get(traceId)?.missing ?? `trace ${traceId} was still growing`),
  };
}
