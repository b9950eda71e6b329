// New log lines as they arrive. Asks again and again instead of keeping a socket open: that works the same with every
// runtime, and a backend that restarts in between loses nothing.
import type { LokiClient } from '../../clients/loki.ts';
import { sleep } from '../../std/sleep.ts';
import type { LogEntry } from '../../wire/loki/decode-query.ts';

export interface Following {
  readonly query: string;
  /** From when on. */
  readonly startMs: number;
  readonly signal: AbortSignal;
}

const pollMs = 250;
/** Lines may arrive late by this much, since apps send them in batches; each is printed once all the same. */
const lateMs = 5_000;

/** Yields lines in the order in which they become known, until the signal is aborted. */
export async function* followLines(loki: LokiClient, of: Following): AsyncGenerator<LogEntry> {
  const seen = new Map<string, number>();
  let newestMs = of.startMs;
  while (!of.signal.aborted) {
    const startMs = Math.max(of.startMs, newestMs - lateMs);
    const query = {
      query: of.query,
      startMs,
      endMs: newestMs + 3_600_000,
      limit: 5_000,
      direction: 'forward',
    } as const;
    const answer = await loki.queryRange(query);
    for (const entry of answer.kind === 'lines' ? answer.entries : []) {
      const atMs = Number(entry.timestampNs / 1_000_000n);
      const key = `${entry.timestampNs} ${JSON.stringify(entry.labels)} ${entry.line}`;
      if (seen.has(key)) continue;
      seen.set(key, atMs);
      newestMs = Math.max(newestMs, atMs);
      yield entry;
    }
    for (const [key, atMs] of seen) if (atMs < newestMs - lateMs) seen.delete(key);
    await sleep(pollMs, of.signal).catch(() => undefined);
  }
}
