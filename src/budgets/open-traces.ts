// The barrier before spans are judged: a trace of which a parent is still open may yet turn out slow or failed. Only
// what is known to be open is waited for, so a check of whole traces loses no time.
import type { TempoClient } from '../clients/tempo.ts';
import { readCompleteness } from '../clients/traces/completeness.ts';
import { mapLimited } from '../std/map-limited.ts';
import { sleep } from '../std/sleep.ts';
import type { Budget } from './language/ast.ts';
import { type History, selectJourneys } from './scope.ts';

/** A trace that nothing was added to for longer is not waited for: it will hardly become whole now. */
const recentMs = 10_000;
const maxTraces = 100;
const tracesAtOnce = 4;
const pollMs = 100;

export interface OpenTracesOptions {
  readonly history: History;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly progress: (line: string) => void;
}

/** Whether a budget is judged on spans. */
export function isAboutSpans({ subject }: Budget): boolean {
  if (subject.kind === 'query') return subject.signal === 'traces';
  return subject.kind === 'noSpan' || subject.thing.kind === 'span' || subject.thing.kind === 'errors';
}

/**
 * Waits until the traces of the last seconds, those of journeys included, have all parents of their spans.
 * @returns what was still missing when the wait was over
 */
export async function awaitOpenTraces(tempo: TempoClient, options: OpenTracesOptions): Promise<readonly string[]> {
  const deadline = performance.now() + options.timeoutMs;
  let open = await listRecentTraces(tempo, options.history);
  let said = '';
  for (;;) {
    const states = await mapLimited(open, tracesAtOnce, async (traceId) => ({
      traceId,
      missing: (await readCompleteness(tempo, traceId)).missing,
    }));
    const missing = states.flatMap((state) => state.missing ?? []);
    if (missing.length === 0 || performance.now() >= deadline) return missing;
    open = states.filter((state) => state.missing !== null).map(({ traceId }) => traceId);
    const note = `waiting for spans: ${missing[0]}`;
    if (note !== said) options.progress(note);
    said = note;
    await sleep(pollMs, options.signal);
  }
}

async function listRecentTraces(tempo: TempoClient, history: History): Promise<readonly string[]> {
  const { nowMs } = history;
  const found = await tempo.search({
    query: '{ }',
    startMs: nowMs - recentMs,
    endMs: nowMs + 1_000,
    limit: maxTraces,
    spansPerTrace: 1,
  });
  const ofJourneys = selectJourneys(history, null)
    .filter(({ endedAtMs }) => (endedAtMs ?? nowMs) >= nowMs - recentMs)
    .flatMap(({ iterations }) => iterations.map(({ traceId }) => traceId));
  return [...new Set([...ofJourneys, ...found.map(({ traceId }) => traceId)])].slice(0, maxTraces);
}
