// The working parts of a keeper, made from its state file and wired to each other; no ports and no timers yet.
import { type Bounds, fillBounds } from '../model/limits.ts';
import { type ProcessMark, readOwnMark } from '../std/process-identity.ts';
import type { Signal } from '../wire/otlp/request.ts';
import type { MetricsRequest } from '../wire/otlp/types.ts';
import { ArrivalLog } from './control/arrivals.ts';
import { MetricMetadata } from './control/metric-metadata.ts';
import { type Incoming, Ingest } from './ingest/ingest.ts';
import { Lease } from './lease/lease.ts';
import type { Log } from './log.ts';
import { makeMasker } from './mask/mask-request.ts';
import { Scraper } from './scrape/scraper.ts';
import type { Sink } from './sink/sink.ts';
import { StateFile } from './state/state-file.ts';
import { openStorage, type QueryApi } from './storage.ts';
import type { ServerRole } from './tenancy/tenancy.ts';

export interface PartsOptions {
  readonly stackDir: string;
  /** Write no log: what is taken goes with the keeper. */
  readonly isMemoryOnly: boolean;
  readonly nowMs: () => number;
  readonly log: Log;
}

export interface Parts extends PartsOptions {
  readonly mark: ProcessMark;
  readonly file: StateFile;
  readonly apis: Readonly<Record<ServerRole, QueryApi>>;
  readonly sink: Sink;
  readonly arrivals: ArrivalLog;
  readonly metadata: MetricMetadata;
  readonly lease: Lease;
  readonly scraper: Scraper;
  readonly ingest: Ingest;
  /** What is taken and answered at most. */
  readonly bounds: Bounds;
  /** Takes up what an earlier keeper left on disk; says how much that was. */
  readonly replay: () => Promise<number>;
}

/** @throws ObsError when the state file cannot be used. */
export async function makeParts(options: PartsOptions): Promise<Parts> {
  const { stackDir, nowMs, log } = options;
  const file = new StateFile(stackDir);
  const metadata = new MetricMetadata();
  const masker = makeMasker(file.state.redact);
  const arrivals = new ArrivalLog(nowMs);
  const lease = new Lease(file, nowMs);
  const learn = <S extends Signal>({ signal, request }: Pick<Incoming<S>, 'signal' | 'request'>): void => {
    // The signal says of which records the request is made.
    if (signal === 'metrics') metadata.learn(request as MetricsRequest);
  };
  const state = file.state;
  const bounds = fillBounds(state.limits.bounds);
  const { sink, apis, replay } = await openStorage({
    stackDir,
    isMemoryOnly: options.isMemoryOnly,
    state,
    masker,
    metadata,
    bounds,
    nowMs,
    log,
    onReplayed: learn,
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
    apis,
    sink,
    arrivals,
    metadata,
    lease,
    scraper: new Scraper({
      ingest,
      nowMs,
      bounds,
      onTrouble: (url, reason) =>
        arrivals.refuse({ path: url, status: 0, reason: `scrape failed: ${reason}`, remote: null }),
      onPage: (families) => metadata.learnFamilies(families),
    }),
    ingest,
    bounds,
    replay,
  };
}
