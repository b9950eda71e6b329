// What the keeper asks of the store of one signal. Ingest is synchronous: when it returns, the records are queryable.
import type { Bounds } from '../model/limits.ts';
import type { Usage } from '../model/stack-state.ts';
import type { PushStream } from '../wire/loki/push.ts';
import type { ExportRequest, LogRecord, Metric, MetricsRequest } from '../wire/otlp/types.ts';
import type { WrittenSeries } from '../wire/prometheus/remote-write.ts';
import type { UpgradeHandler } from './http/listener.ts';
import type { Route } from './http/types.ts';
import type { Masker } from './mask/mask-request.ts';
import type { LoggedPayload } from './wal/segment-log.ts';

/** How an export was taken. `rejected` with accepted 0 and an `httpStatus` of 4xx or 5xx means nothing was stored. */
export interface IngestOutcome {
  readonly accepted: number;
  readonly rejected: number;
  /** Why records were rejected, in the words of the real server. */
  readonly message?: string;
  /** Default 200; anything else refuses the whole request. */
  readonly httpStatus?: number;
  /** How the real server answers when only a part is rejected, where its protocol knows no partial success; default 400. */
  readonly partStatus?: number;
}

/** How many records of one resource came, and whose they are. */
export interface SourceCount {
  readonly service: string | null;
  readonly runId: string | null;
  readonly records: number;
}

/** An export that was read straight from its bytes and found good; nothing of it can be seen before `commit`. */
export interface DirectExport {
  readonly sources: readonly SourceCount[];
  /** What is to be logged in place of the body, if records of it were masked. */
  readonly payload?: Buffer;
  /** All its texts were found to be UTF-8. */
  readonly isText?: boolean;
  /** Stores all of it; `logged` is where its bytes are in the log. Called at most once, before anything else is stored. */
  commit(logged?: LoggedPayload): IngestOutcome;
}

/** An export that was judged but neither logged nor stored. */
export interface PreparedExport<T> {
  /** What of it is to be logged: the very request that was given, or the part of it that may be stored. */
  readonly request: ExportRequest<T>;
  /** How many records it holds. */
  readonly accepted: number;
  /** Stores it, or says why it is refused. Called at most once, before anything else is stored. */
  commit(): IngestOutcome;
}

/** What is in the log was masked before it was written, and of most of it all texts were found to be UTF-8, too. */
export type DirectState = 'as it came' | 'masked' | 'masked text';

export interface SignalStore<T> {
  /**
   * The short way for protobuf bodies: straight into columns, without an object per record. `undefined` sends the export
   * the long way (decode, mask, `ingest`), which decides: so whatever is refused, is malformed or holds no record at all
   * comes back undefined, and so may whatever is rare or holds a secret. Nothing of `body` is kept. The default is 'as it came'.
   */
  readonly readDirect?: (body: Buffer, receivedNs: bigint, state?: DirectState) => DirectExport | undefined;
  /** Judges one export request that is already masked by the limits in force. `receivedNs` stands in for missing times. */
  prepare(request: ExportRequest<T>, receivedNs: bigint): PreparedExport<T>;
  /** Takes one export request out of the log, where only lies what was within the limits. */
  ingest(request: ExportRequest<T>, receivedNs: bigint): IngestOutcome;
  /** Records and bytes now held. */
  usage(): Usage['logs'];
  /** Drops what is older than `beforeNs`, and the oldest beyond `maxBytes`; says how many records went. */
  prune(limits: { readonly beforeNs: bigint; readonly maxBytes: number }): number;
  /** What is older was dropped by `prune`, at least in part; undefined as long as nothing was. */
  readonly prunedBeforeMs: number | undefined;
  /** Drops everything of a service, as if it had never come. */
  forgetService(service: string): void;
}

/** What a metric says of itself. */
export interface MetricFacts {
  readonly type: string;
  readonly unit: string;
  readonly help: string;
}
export type MetadataByName = Readonly<Record<string, readonly MetricFacts[]>>;

/** What each vertical is given. */
export interface BackendOptions {
  readonly nowMs: () => number;
  /** For exports that are read straight from their bytes. */
  readonly masker: Masker;
  readonly limits: { readonly maxBytes: number; readonly retentionMs: number };
  readonly bounds: Bounds;
}

export interface MetricsBackendOptions extends BackendOptions {
  /** Told of each metric that the short way meets for the first time. */
  readonly learnMetrics: (request: MetricsRequest) => void;
  /** What the metadata endpoint answers. */
  readonly listMetadata: () => MetadataByName;
}

/** What each vertical makes: `create…Backend(options)` in api/<server>/index.ts. */
export interface Backend<T> {
  readonly store: SignalStore<T>;
  /** Mounted on the port of its server. */
  readonly routes: readonly Route[];
}

/** Takes samples that have their Prometheus names already. */
export interface SeriesStore {
  append(series: readonly WrittenSeries[]): IngestOutcome;
  /** Takes samples out of the log: the limits were looked at before. */
  restore(series: readonly WrittenSeries[]): void;
}

/** As PreparedExport. */
export interface PreparedStreams {
  readonly streams: readonly PushStream[];
  readonly accepted: number;
  commit(): IngestOutcome;
}

/** Takes log lines that have their stream labels already. */
export interface PushStore {
  /** Judges streams by the limits in force. @throws HttpRefusal when a stream's labels are refused. */
  prepare(streams: readonly PushStream[]): PreparedStreams;
  /** Takes streams out of the log. */
  restore(streams: readonly PushStream[]): void;
}

export interface LogsBackend extends Backend<LogRecord> {
  /** Loki's tail. */
  readonly upgrade: UpgradeHandler;
  readonly pushStore: PushStore;
}

export interface MetricsBackend extends Backend<Metric> {
  readonly seriesStore: SeriesStore;
}
