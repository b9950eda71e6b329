// New log lines as they arrive, over Loki's tail. A connection that ends (the stack was restarted, Loki ends each after an
// hour) is made anew from a little before where it ended, so that nothing is lost; what comes twice is shown once.
import type { LokiClient } from '../../clients/loki.ts';
import { TailLost } from '../../clients/loki-tail.ts';
import { ObsError } from '../../errors/obs-error.ts';
import { sleep } from '../../std/sleep.ts';
import type { LogEntry } from '../../wire/loki/decode-query.ts';
import type { TailFrame } from '../../wire/loki/decode-tail.ts';

export interface Following {
  readonly query: string;
  /** From when on. */
  readonly startMs: number;
  /** Lines at most of those that are there already. */
  readonly limit: number;
  readonly signal: AbortSignal;
  /** Told of interruptions and losses. */
  readonly progress: (line: string) => void;
  /** Pauses before the attempts to connect again, in milliseconds; after the last one it is given up. */
  readonly pausesMs?: readonly number[];
}

/** Loki's own limit for one answer. */
const maxCatchUp = 5_000;
/** Lines may arrive late by this much, since apps send them in batches. */
const lateNs = 5_000_000_000n;
/** Two seconds apart after the first few, for a minute in all: enough for `obs up`, or a restart of the machine's engine. */
const defaultPausesMs = [100, 200, 400, 800, 1_500, ...Array.from({ length: 28 }, () => 2_000)];

/** Yields lines in the order in which they become known, until the signal is aborted. @throws ObsError OBS_BACKEND_… */
export async function* followLines(loki: LokiClient, of: Following): AsyncGenerator<LogEntry> {
  const seen = new SeenLines();
  let startNs = BigInt(Math.floor(of.startMs)) * 1_000_000n;
  for (let limit = of.limit; !of.signal.aborted; limit = maxCatchUp) {
    const frames = await connect(loki, { ...of, startNs, limit });
    try {
      for await (const { entries, dropped } of frames) {
        if (dropped > 0) of.progress(`${dropped} lines came faster than they could be read and are missing`);
        for (const entry of entries) if (seen.add(entry)) yield entry;
      }
    } catch (error) {
      if (!(error instanceof TailLost)) throw error;
    }
    const resumeNs = seen.newestNs - lateNs;
    if (resumeNs > startNs) startNs = resumeNs;
  }
}

interface Attempt extends Following {
  readonly startNs: bigint;
}

async function connect(loki: LokiClient, of: Attempt): Promise<AsyncIterable<TailFrame>> {
  const pausesMs = of.pausesMs ?? defaultPausesMs;
  for (let attempt = 0; ; attempt++) {
    try {
      return await loki.tail(of);
    } catch (error) {
      if (of.signal.aborted) return noFrames();
      const pauseMs = pausesMs[attempt];
      if (!(error instanceof TailLost)) throw error;
      if (pauseMs === undefined)
        throw new ObsError('OBS_BACKEND_UNREACHABLE', { server: 'Loki', url: loki.url, reason: error.message });
      if (attempt === 0) of.progress('the logs are not there for the moment; waiting for them (Ctrl-C ends this)');
      await sleep(pauseMs, of.signal).catch(() => undefined);
    }
  }
}

async function* noFrames(): AsyncGenerator<TailFrame> {
  // interrupted before there was a connection
}

/** Remembers the lines of the last seconds. */
class SeenLines {
  readonly #times = new Map<string, bigint>();
  newestNs = 0n;
  #forgottenNs = 0n;

  /** False for a line that was seen before. */
  add({ timestampNs, labels, line }: LogEntry): boolean {
    const key = `${timestampNs} ${JSON.stringify(labels)} ${line}`;
    if (this.#times.has(key)) return false;
    this.#times.set(key, timestampNs);
    if (timestampNs > this.newestNs) this.newestNs = timestampNs;
    if (this.newestNs - this.#forgottenNs > 2n * lateNs) this.#forget();
    return true;
  }

  #forget(): void {
    this.#forgottenNs = this.newestNs;
    for (const [key, timeNs] of this.#times) if (timeNs < this.newestNs - lateNs) this.#times.delete(key);
  }
}
