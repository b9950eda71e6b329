// Nothing may be lost when the app ends, and the app must end exactly as it would without us.
import type { LateExporter } from './late-exporter.ts';

const deadlySignals = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

export interface ExitFlushOptions {
  /** Hands all ended spans to the exporter, synchronously up to there. */
  readonly flushSpans: () => Promise<void>;
  readonly exporter: LateExporter;
  readonly flushMetrics: () => Promise<void>;
  /** Whether a spool exists, so that spans can be written while the process dies. */
  readonly hasSpool: boolean;
}

/** How long a program that has nothing more to do waits for the answer to its last spans. */
const lastAnswerMs = 1000;

/** Flushes on a natural end, on process.exit(), and on signals for which the app has no listener. */
export function flushOnExit({ flushSpans, exporter, flushMetrics, hasSpool }: ExitFlushOptions): void {
  process.once('beforeExit', () => {
    // Nothing of the exporter keeps the process alive; this does, for a moment.
    const hold = setTimeout(() => undefined, lastAnswerMs);
    const flushed = Promise.all([flushSpans().then(() => exporter.forceFlush?.()), flushMetrics()]);
    flushed.catch(ignore).finally(() => clearTimeout(hold));
  });
  if (!hasSpool) return;
  const flushNow = (): void => {
    exporter.divert();
    flushSpans().catch(ignore);
  };
  process.on('exit', flushNow);
  for (const signal of deadlySignals) flushOnSignal(signal, flushNow);
}

// Our listener steps aside while the app has one of its own: libraries such as signal-exit count listeners to decide
// whether they must end the process.
function flushOnSignal(signal: NodeJS.Signals, flushNow: () => void): void {
  const dieOfIt = (): void => {
    flushNow();
    process.off(signal, dieOfIt);
    process.kill(process.pid, signal);
  };
  const hasOthers = (): boolean => process.listeners(signal).some((listener) => listener !== dieOfIt);
  const stepAside = (): void => {
    if (hasOthers()) process.off(signal, dieOfIt);
  };
  const stepIn = (): void => {
    if (process.listenerCount(signal) === 0) process.on(signal, dieOfIt);
  };
  stepIn();
  process.on('newListener', (event, listener) => {
    // Later: the app's listener is not there yet, and Node stops to watch a signal when its last listener goes.
    if (event === signal && listener !== dieOfIt) process.nextTick(stepAside);
  });
  process.on('removeListener', (event, listener) => {
    if (event === signal && listener !== dieOfIt) stepIn();
  });
}

function ignore(): void {
  // The keeper is gone; the app is not told.
}
