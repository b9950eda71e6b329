// The working parts of a keeper, made from its state file and wired to each other; no ports and no timers yet.
import { type ProcessMark, readOwnMark } from '../std/process-identity.ts';
import type { Signal } from '../wire/otlp/request.ts';
import type { MetricsRequest } from '../wire/otlp/types.ts';
import { type Backends, createBackends } from './backends.ts';
import { ArrivalLog } from './control/arrivals.ts';
import { MetricMetadata } from './control/metric-metadata.ts';
import { type Incoming, Ingest } from './ingest/ingest.ts';
import { Lease } from './lease/lease.ts';
import type { Log } from './log.ts';
import { makeMasker } from './mask/mask-request.ts';
import { Scraper } from './scrape/scraper.ts';
import type { Sink } from './sink/sink.ts';
import { StoreSink } from './sink/store-sink.ts';
import { StateFile } from './state/state-file.ts';
import { SignalLogs } from './wal/signal-logs.ts';

export interface PartsOptions {
  readonly stackDir: string;
  readonly nowMs: () => number;
  readonly log: Log;
}

export interface Parts extends PartsOptions {
  readonly mark: ProcessMark;
  readonly file: StateFile;
  readonly backends: Backends;
  readonly sink: Sink;
  readonly arrivals: ArrivalLog;
  readonly metadata: MetricMetadata;
  readonly lease: Lease;
  readonly scraper: Scraper;
  readonly ingest: Ingest;
  /** Fills the stores from the write-ahead log; says how many records it held. */
  readonly replay: () => Promise<number>;
}

/** @throws ObsError when the state file cannot be used. */
export function makeParts(options: PartsOptions): Parts {
  const { stackDir, nowMs, log } = options;
  const file = new StateFile(stackDir);
  const { memoryBytes, retentionMs } = file.state.limits;
  const metadata = new MetricMetadata();
  const masker = makeMasker(file.state.redact);
  const backends = createBackends({
    nowMs,
    masker,
    learnMetrics: (request) => metadata.learn(request),
    limits: { maxBytes: memoryBytes, retentionMs },
    listScrapedMetadata: () => metadata.listScraped(),
  });
  const stores = { logs: backends.loki.store, metrics: backends.prometheus.store, traces: backends.tempo.store };
  const onNote = (note: string) => log('warn', note);
  const arrivals = new ArrivalLog(nowMs);
  const lease = new Lease(file, nowMs);
  const learn = <S extends Signal>({ signal, request }: Pick<Incoming<S>, 'signal' | 'request'>): void => {
    // The signal says of which records the request is made.
    if (signal === 'metrics') metadata.learn(request as MetricsRequest);
  };
  const sink = new StoreSink({
    stores,
    seriesStore: backends.prometheus.seriesStore,
    pushStore: backends.loki.pushStore,
    logs: new SignalLogs({ stackDir, nowMs, maxBytes: memoryBytes, retentionMs, onNote }),
    limits: file.state.limits,
    onReplayed: learn,
    onNote,
  });
  const ingest = new Ingest({
    sink,
    nowMs,
    masker,
    onExport: (incoming) => {
      arrivals.count(incoming);
      learn(incoming);
      lease.renew();
    },
    onOther: (count) => {
      arrivals.add(count);
      if (count.protocol !== 'scrape') lease.renew();
    },
  });
  return {
    ...options,
    mark: readOwnMark(),
    file,
    backends,
    sink,
    arrivals,
    metadata,
    lease,
    scraper: new Scraper({ ingest, nowMs, onPage: (families) => metadata.learnFamilies(families) }),
    ingest,
    replay: () => sink.replay(),
  };
}
