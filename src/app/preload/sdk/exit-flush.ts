// Nothing may be lost when the app ends, and the app must end exactly as it would without us.
import type { SpanProcessor } from '@opentelemetry/sdk-trace-base';
import type { LateExporter } from './late-exporter.ts';

const deadlySignals = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

export interface ExitFlushOptions {
  readonly processor: SpanProcessor;
  readonly exporter: LateExporter;
  /** Whether a spool exists, so that spans can be written while the process dies. */
  readonly hasSpool: boolean;
}

/** Flushes on a natural end, on process.exit(), and on signals for which the app has no listener. */
export function flushOnExit({ processor, exporter, hasSpool }: ExitFlushOptions): void {
  const flushNow = (): void => {
    exporter.divert();
    processor.forceFlush().catch(ignore);
  };
  if (!hasSpool) {
    process.once('beforeExit', () => void processor.forceFlush().catch(ignore));
    return;
  }
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
  if (process.listenerCount(signal) === 0) process.on(signal, dieOfIt);
  process.on('newListener', (event, listener) => {
    if (event === signal && listener !== dieOfIt) process.off(signal, dieOfIt);
  });
  process.on('removeListener', (event, listener) => {
    if (event !== signal || listener === dieOfIt) return;
    if (process.listenerCount(signal) === 0) process.on(signal, dieOfIt);
  });
}

function ignore(): void {
  // The keeper is gone; the app is not told.
}
