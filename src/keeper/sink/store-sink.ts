// The sink of embedded stacks: first the write-ahead log, then the store of the signal. Nothing is taken that could not
// be logged, so that "accepted" always means "survives a crash".
import { type RecordOf, type Signal, signals } from '../../wire/otlp/request.ts';
import type { IngestOutcome, SignalStore } from '../signal-store.ts';
import type { Arriving, Sink } from './sink.ts';

export type Stores = { readonly [S in Signal]: SignalStore<RecordOf[S]> };

/** What the sink needs of a write-ahead log. */
export interface ExportLog {
  append<S extends Signal>(arriving: Arriving<S>): void;
  /** Why the last append failed; undefined when it did not. */
  readonly trouble: string | undefined;
  close(): Promise<void>;
}

export function createStoreSink(stores: Stores, log: ExportLog): Sink {
  return {
    take<S extends Signal>(arriving: Arriving<S>): IngestOutcome {
      try {
        log.append(arriving);
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        return {
          accepted: 0,
          rejected: 0,
          httpStatus: 503,
          message: `not stored, the log cannot be written: ${reason}`,
        };
      }
      return ingestInto(stores, arriving);
    },
    usage: () => ({ logs: stores.logs.usage(), metrics: stores.metrics.usage(), traces: stores.traces.usage() }),
    // Ingest is synchronous: what was taken can be queried already.
    settle: () => Promise.resolve({ settled: true, waitedMs: 0, pending: [] }),
    warnings: () => (log.trouble === undefined ? [] : [log.trouble]),
    close: () => log.close(),
  };
}

/** Puts an export into the store of its signal. */
export function ingestInto<S extends Signal>(stores: Stores, arriving: Arriving<S>): IngestOutcome {
  const store: SignalStore<RecordOf[S]> = stores[arriving.signal];
  return store.ingest(arriving.request, arriving.receivedNs);
}

/** Drops what is too old or too much, signal by signal; each may take an equal part of the stack's memory. */
export function pruneStores(stores: Stores, limits: { nowNs: bigint; retentionMs: number; memoryBytes: number }): void {
  const beforeNs = limits.nowNs - BigInt(limits.retentionMs) * 1_000_000n;
  for (const signal of signals) stores[signal].prune({ beforeNs, maxBytes: limits.memoryBytes / signals.length });
}
