// The sink of embedded stacks: first the write-ahead log, then the store of the signal. Nothing is taken that could not
// be logged, so that "accepted" always means "survives a crash".
import { probeServiceName } from '../../model/attributes.ts';
import type { Usage } from '../../model/stack-state.ts';
import { decodePushJson, encodePushJson } from '../../wire/loki/push.ts';
import { decodeProtobuf, encodeProtobuf, type RecordOf, type Signal, signals } from '../../wire/otlp/request.ts';
import { decodeWriteRequest, encodeWriteRequest } from '../../wire/prometheus/remote-write.ts';
import type { DirectState, IngestOutcome, PushStore, SeriesStore, SignalStore } from '../signal-store.ts';
import { type Frame, frameKind } from '../wal/frame.ts';
import type { LoggedPayload } from '../wal/segment-log.ts';
import type { DurableLog } from '../wal/signal-logs.ts';
import { divideMemory } from './divide-memory.ts';
import { isProbeExport } from './probe-export.ts';
import type { Arriving, ArrivingBytes, ArrivingSeries, ArrivingStreams, Sink, TakenBytes } from './sink.ts';

/** After this share of the memory has arrived, what is beyond the limit goes. */
const checkedShare = 1 / 32;

export type Stores = { readonly [S in Signal]: SignalStore<RecordOf[S]> };

export interface StoreSinkOptions {
  readonly stores: Stores;
  readonly seriesStore: SeriesStore;
  readonly pushStore: PushStore;
  readonly logs: DurableLog;
  readonly nowMs: () => number;
  readonly limits: { readonly memoryBytes: number; readonly retentionMs: number };
  /** Told of every export that comes out of the write-ahead log. */
  readonly onReplayed: <S extends Signal>(arriving: Arriving<S>) => void;
}

export class StoreSink implements Sink {
  private readonly options: StoreSinkOptions;
  private bytesSincePrune = 0;

  constructor(options: StoreSinkOptions) {
    this.options = options;
  }

  /** Fills the stores from the write-ahead log; says how many records it held. */
  async replay(): Promise<number> {
    const records = await this.options.logs.replay((signal, frame) => this.tryFrame(signal, frame));
    this.forgetProbe();
    return records;
  }

  takeBytes({ signal, body, receivedNs }: ArrivingBytes): TakenBytes | undefined {
    const direct = this.options.stores[signal].readDirect?.(body, receivedNs);
    if (direct === undefined) return undefined;
    const kind = direct.isText === true ? frameKind.otlpText : frameKind.otlpExport;
    const frame = { kind, receivedNs, payload: direct.payload ?? body };
    return { sources: direct.sources, outcome: this.logFirst(signal, frame, (logged) => direct.commit(logged)) };
  }

  take<S extends Signal>(arriving: Arriving<S>): IngestOutcome {
    const { signal, request, receivedNs, encoded } = arriving;
    const store: SignalStore<RecordOf[S]> = this.options.stores[signal];
    const prepared = store.prepare(request, receivedNs);
    if (prepared.accepted === 0) return prepared.commit();
    const isWhole = prepared.request === request;
    const payload = isWhole && encoded !== undefined ? encoded : encodeProtobuf(signal, prepared.request);
    return this.logFirst(signal, { kind: frameKind.otlpExport, receivedNs, payload }, () => prepared.commit());
  }

  takeSeries({ series, receivedNs }: ArrivingSeries): IngestOutcome {
    const payload = encodeWriteRequest(series);
    return this.logFirst('metrics', { kind: frameKind.remoteWrite, receivedNs, payload }, () =>
      this.options.seriesStore.append(series),
    );
  }

  takeStreams({ streams, receivedNs }: ArrivingStreams): IngestOutcome {
    const prepared = this.options.pushStore.prepare(streams);
    if (prepared.accepted === 0) return prepared.commit();
    const payload = encodePushJson(prepared.streams);
    return this.logFirst('logs', { kind: frameKind.lokiPush, receivedNs, payload }, () => prepared.commit());
  }

  usage() {
    const { logs, metrics, traces } = this.options.stores;
    return { logs: usageOf(logs), metrics: usageOf(metrics), traces: usageOf(traces) };
  }

  /** Ingest is synchronous: what was taken can be queried already. */
  settle() {
    return Promise.resolve({ settled: true, waitedMs: 0, pending: [] });
  }

  prune(nowMs: number): void {
    this.bytesSincePrune = 0;
    const { stores, limits } = this.options;
    const beforeNs = BigInt(nowMs - limits.retentionMs) * 1_000_000n;
    const held = signals.map((signal) => stores[signal].usage().bytes);
    const parts = divideMemory(held, limits.memoryBytes);
    for (const [i, signal] of signals.entries()) stores[signal].prune({ beforeNs, maxBytes: parts[i]! }); // a part for each
  }

  // The timer is too slow for a sender that fills the memory within a second.
  private pruneWhenFull(arrivedBytes: number): void {
    this.bytesSincePrune += arrivedBytes;
    if (this.bytesSincePrune > this.options.limits.memoryBytes * checkedShare) this.prune(this.options.nowMs());
  }

  forgetProbe(): void {
    for (const store of Object.values(this.options.stores)) store.forgetService(probeServiceName);
  }

  warnings(): readonly string[] {
    const { trouble, losses } = this.options.logs;
    return trouble === undefined ? losses : [trouble, ...losses];
  }

  close(): Promise<void> {
    this.options.logs.close();
    return Promise.resolve();
  }

  private store<S extends Signal>({ signal, request, receivedNs }: Arriving<S>): IngestOutcome {
    const store: SignalStore<RecordOf[S]> = this.options.stores[signal];
    return store.ingest(request, receivedNs);
  }

  private logFirst(signal: Signal, frame: Frame, store: (logged?: LoggedPayload) => IngestOutcome): IngestOutcome {
    let logged: LoggedPayload | undefined;
    try {
      logged = this.options.logs.append(signal, frame);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      return { accepted: 0, rejected: 0, httpStatus: 503, message: `not stored, the log cannot be written: ${reason}` };
    }
    const outcome = store(logged);
    this.pruneWhenFull(frame.payload.length);
    return outcome;
  }

  // One record that cannot be stored again is no reason not to start.
  private tryFrame(signal: Signal, frame: Frame): void {
    try {
      this.replayFrame(signal, frame);
      this.pruneWhenFull(frame.payload.length);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.options.logs.noteDamage(
        `a record in the write-ahead log of ${signal} cannot be stored again: ${reason}`,
        'loss',
      );
    }
  }

  private replayFrame(signal: Signal, { kind, payload, receivedNs }: Frame): void {
    const replayers: Readonly<Record<number, () => void>> = {
      [frameKind.otlpExport]: () => this.replayExport({ signal, body: payload, receivedNs }, 'masked'),
      [frameKind.otlpText]: () => this.replayExport({ signal, body: payload, receivedNs }, 'masked text'),
      [frameKind.remoteWrite]: () => this.options.seriesStore.restore(decodeWriteRequest(payload)),
      [frameKind.lokiPush]: () => this.options.pushStore.restore(decodePushJson(payload)),
    };
    const replay = replayers[kind];
    if (replay === undefined) throw new Error(`it is of kind ${kind}, which only a newer obs knows`);
    replay();
  }

  private replayExport({ signal, body, receivedNs }: ArrivingBytes, state: DirectState): void {
    if (isProbeExport(signal, body)) return;
    const direct = this.options.stores[signal].readDirect?.(body, receivedNs, state);
    if (direct !== undefined) {
      direct.commit();
      return;
    }
    const arriving = { signal, request: decodeProtobuf(signal, body), receivedNs, encoded: body };
    this.options.onReplayed(arriving);
    this.store(arriving);
  }
}

function usageOf(store: Pick<SignalStore<unknown>, 'usage' | 'prunedBeforeMs'>): Usage['logs'] {
  const { prunedBeforeMs } = store;
  return prunedBeforeMs === undefined ? store.usage() : { ...store.usage(), prunedBeforeMs };
}
