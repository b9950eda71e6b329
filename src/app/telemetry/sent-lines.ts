// Lines that the app of a run sends itself over OTLP, as the stack has them. As long as there are such, printed lines are
// held back for a moment, so that what was sent arrives first and a line is not recorded twice.
import type { LogWindow, LokiClient } from '../../clients/loki.ts';
import { Doubles } from '../output/doubles.ts';

export interface SentLinesOptions {
  readonly loki: LokiClient;
  readonly runId: string;
  readonly nowMs: () => number;
  /** How long the app's own exporter may keep a line before it sends it. */
  readonly exportDelayMs: number;
}

/** An app that has an SDK for logs may still send none; after this its lines are held back no more. */
const expectationMs = 10_000;
/** Looks for an app that began to send unexpectedly. */
const looksMs = [1000, 2000, 4000, 8000, 16_000, 60_000] as const;
const marginMs = 500;
const maxHoldMs = 10_000;
/** What came late is looked for this far back. */
const overlapMs = 15_000;
const maxLines = 5000;
const maxKnown = 50_000;

export class SentLines {
  readonly #options: SentLinesOptions;
  readonly #doubles = new Doubles();
  readonly #known = new Set<string>();
  readonly #timers: readonly NodeJS.Timeout[];
  readonly #sinceMs: number;
  #expectedAtMs: number | null = null;
  #hasSent = false;

  constructor(options: SentLinesOptions) {
    this.#options = options;
    this.#sinceMs = options.nowMs();
    this.#timers = looksMs.map((ms) => setTimeout(() => void this.refresh(), ms).unref());
  }

  /** To be called when the app has loaded what could send lines. */
  expect(): void {
    this.#expectedAtMs ??= this.#options.nowMs();
  }

  /** How long a printed line has to wait for the one that may be sent; 0 for an app that sends none. */
  get holdMs(): number {
    const { nowMs, exportDelayMs } = this.#options;
    const isExpected = this.#expectedAtMs !== null && nowMs() - this.#expectedAtMs < expectationMs;
    return this.#hasSent || isExpected ? Math.min(maxHoldMs, exportDelayMs + marginMs) : 0;
  }

  /** Reads what has arrived since the last call; a stack that does not answer has sent nothing. */
  async refresh(): Promise<void> {
    const { loki, runId, nowMs } = this.#options;
    const window: LogWindow = { startMs: Math.max(this.#sinceMs, nowMs() - overlapMs), endMs: nowMs() + overlapMs };
    const query = `{service_name=~".+"} | obs_run_id=${JSON.stringify(runId)} | log_iostream=""`;
    const answer = await loki
      .queryRange({ query, ...window, limit: maxLines, direction: 'backward' })
      .catch(() => undefined);
    if (answer?.kind !== 'lines') return;
    for (const entry of answer.entries) this.#note(`${entry.timestampNs} ${entry.line}`, entry.line);
  }

  /** Whether the app has sent this line, too. */
  take(line: string): boolean {
    return this.#doubles.take(line);
  }

  stop(): void {
    for (const timer of this.#timers) clearTimeout(timer);
  }

  #note(key: string, line: string): void {
    if (this.#known.has(key)) return;
    if (this.#known.size >= maxKnown) this.#known.clear();
    this.#known.add(key);
    this.#hasSent = true;
    this.#doubles.add(line);
  }
}
