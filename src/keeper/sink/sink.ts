// Where decoded, masked telemetry goes. Embedded stacks store it; docker, native and remote stacks forward it to their
// backends. The rest of the keeper knows this interface only.
import type { Settled } from '../../model/keeper-api.ts';
import type { Usage } from '../../model/stack-state.ts';
import type { PushStream } from '../../wire/loki/push.ts';
import type { RecordOf, Signal } from '../../wire/otlp/request.ts';
import type { ExportRequest } from '../../wire/otlp/types.ts';
import type { WrittenSeries } from '../../wire/prometheus/remote-write.ts';
import type { IngestOutcome, SourceCount } from '../signal-store.ts';

/** One export on its way in. */
export interface Arriving<S extends Signal = Signal> {
  readonly signal: S;
  readonly request: ExportRequest<RecordOf[S]>;
  readonly receivedNs: bigint;
  /** The protobuf bytes it was decoded from, if they hold exactly what `request` holds; else it is encoded anew. */
  readonly encoded: Buffer | undefined;
}

/** Samples that already have their Prometheus names: scraped, or remote-written. */
export interface ArrivingSeries {
  readonly series: readonly WrittenSeries[];
  readonly receivedNs: bigint;
}

/** Log lines that already have their stream labels: pushed as Loki's clients do. */
export interface ArrivingStreams {
  readonly streams: readonly PushStream[];
  readonly receivedNs: bigint;
}

/** A protobuf export as it came, neither decoded nor masked. */
export interface ArrivingBytes {
  readonly signal: Signal;
  readonly body: Buffer;
  readonly receivedNs: bigint;
}

/** What became of it, and whose records it held. */
export interface TakenBytes {
  readonly outcome: IngestOutcome;
  readonly sources: readonly SourceCount[];
}

export interface Sink {
  /** The short way in, with the same promise as `take`; undefined (or no such method): hand it in decoded and masked. */
  takeBytes?(arriving: ArrivingBytes): TakenBytes | undefined;
  /**
   * Takes one export. When it returns, what was accepted survives the death of the keeper; a full queue or disk is a
   * refusal (503), never a loss in silence.
   */
  take<S extends Signal>(arriving: Arriving<S>): IngestOutcome;
  /** Takes samples, with the same promise. */
  takeSeries(arriving: ArrivingSeries): IngestOutcome;
  /** Takes log lines, with the same promise. @throws HttpRefusal for labels that Loki refuses. */
  takeStreams(arriving: ArrivingStreams): IngestOutcome;
  usage(): Usage;
  /** Resolves when all that was taken before the call can be queried, or after `timeoutMs` with what is pending. */
  settle(timeoutMs: number): Promise<Settled>;
  /** The probe came back: whatever can be removed of it goes, so that answers hold nothing but apps' telemetry. */
  forgetProbe(): void;
  /** Drops what is beyond the stack's retention and memory. */
  prune(nowMs: number): void;
  /** Troubles a person should know of (`obs status`); empty when all is well. */
  warnings(): readonly string[];
  /** Writes out what is held; nothing is taken afterwards. */
  close(): Promise<void>;
}
