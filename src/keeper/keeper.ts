// Puts the keeper together: state, sink, ingest, the routes of the five ports, the lease; and takes it apart again.
// Everything from outside (clock, folder, log, the way to end the process) is a parameter.
import type { Server } from 'node:net';
import { readOwnMark } from '../std/process-identity.ts';
import { obsVersion } from '../std/version.ts';
import type { Signal } from '../wire/otlp/request.ts';
import { type Backends, createBackends } from './backends.ts';
import { ArrivalLog } from './control/arrivals.ts';
import { type ListenerRole, makeIdentityRoute } from './control/identity.ts';
import { MetricMetadata } from './control/metric-metadata.ts';
import { makeControlRoutes } from './control/routes.ts';
import { BodyBudget } from './http/body.ts';
import { controlError, plainTextError, prometheusError } from './http/error-shape.ts';
import { makeListener } from './http/listener.ts';
import type { ErrorShape, Route } from './http/types.ts';
import { type Incoming, type Ingest, makeIngest } from './ingest/ingest.ts';
import { makeOtlpRoute } from './ingest/otlp/receiver.ts';
import { Lease } from './lease/lease.ts';
import { bindAll, closeAll } from './listeners.ts';
import type { Log } from './log.ts';
import { Scraper } from './scrape/scraper.ts';
import { createStoreSink } from './sink/store-sink.ts';
import { StateFile } from './state/state-file.ts';

export interface KeeperOptions {
  readonly stackDir: string;
  readonly nowMs: () => number;
  readonly log: Log;
  /** Called when the keeper has ended: everything is closed and written. */
  readonly onEnd: (reason: string) => void;
}

export interface Keeper {
  /** Ends it: ports closed, data written, state `stopped`. A second call does nothing. */
  end(reason: string): Promise<void>;
}

/** Starts a keeper on the folder of its stack. @throws ObsError when state or ports cannot be had. */
export async function startKeeper(options: KeeperOptions): Promise<Keeper> {
  const { stackDir, nowMs, log } = options;
  const startedAtMs = nowMs();
  const file = new StateFile(stackDir);
  const mark = readOwnMark();
  const limits = { maxBytes: file.state.limits.memoryBytes, retentionMs: file.state.limits.retentionMs };
  const backends = createBackends({ nowMs, limits });
  const stores = { logs: backends.loki.store, metrics: backends.prometheus.store, traces: backends.tempo.store };
  const sink = createStoreSink(stores, { append: () => undefined, trouble: undefined, close: async () => undefined });
  const arrivals = new ArrivalLog(nowMs);
  const metadata = new MetricMetadata();
  const lease = new Lease(file, nowMs);
  const scraper = new Scraper(async () => undefined);
  const ingest = makeIngest({ sink, nowMs, mask: (incoming) => incoming.request, onArrival });

  function onArrival<S extends Signal>(incoming: Incoming<S>): void {
    arrivals.count(incoming);
    if (incoming.protocol !== 'scrape') lease.renew();
  }
  const readStatus = () => ({
    state: file.state.state,
    pid: mark.pid,
    rssBytes: process.memoryUsage.rss(),
    uptimeMs: nowMs() - startedAtMs,
    lease: lease.current,
    usage: sink.usage(),
    apps: file.state.runs,
    warnings: [...sink.warnings(), ...(file.trouble === undefined ? [] : [file.trouble])],
  });
  let ending: Promise<void> | undefined;
  const end = (reason: string): Promise<void> => {
    ending ??= endOnce(reason);
    return ending;
  };
  const control = makeControlRoutes({
    file,
    lease,
    sink,
    scraper,
    arrivals,
    metadata,
    readStatus,
    stop: (reason) => void end(reason),
  });
  const bodyBudget = new BodyBudget();
  const extraHosts = new Set(file.state.dockerListen === null ? [] : [file.state.dockerListen, 'host.docker.internal']);
  const listen = (role: ListenerRole, routes: readonly Route[]): Server =>
    makeListener({
      routes: [makeIdentityRoute(role, mark, file.state), ...routes],
      shapeError: errorShapes[role],
      extraHosts,
      bodyBudget,
      notReady: () => undefined,
      onRequest: (path) => {
        if (!isProbe(path)) lease.renew();
      },
      onRefusal: (refusal) => arrivals.refuse(refusal),
      onBug: (error, path) => log('error', 'a request failed', { path, error: describeBug(error) }),
    });
  const routes = makeRoutes(backends, ingest, control);
  const servers = {
    loki: listen('loki', routes.loki),
    prometheus: listen('prometheus', routes.prometheus),
    tempo: listen('tempo', routes.tempo),
    otlpHttp: listen('otlpHttp', routes.otlpHttp),
    otlpGrpc: listen('otlpGrpc', []),
  };
  await bindAll(servers, file.state.basePort);
  // The starter stays until its probe has come back (POST /obs/ready), so that others who wait know whom they wait for.
  file.update({ state: 'ready', keeper: mark, readyMs: null, obsVersion, lease: lease.current });
  lease.watch(() => void end('the lease ran out'));
  log('info', 'ready', { stack: file.state.stackId, pid: mark.pid, basePort: file.state.basePort });

  async function endOnce(reason: string): Promise<void> {
    log('info', 'ending', { reason });
    file.update({ state: 'stopping' });
    lease.stop();
    scraper.stop();
    for (const server of Object.values(servers)) if ('closeAllConnections' in server) closeConnections(server);
    await closeAll(Object.values(servers));
    await sink.close();
    file.update({ state: 'stopped', keeper: null });
    options.onEnd(reason);
  }
  return { end };
}

const errorShapes: Readonly<Record<ListenerRole, ErrorShape>> = {
  loki: plainTextError,
  prometheus: prometheusError,
  tempo: plainTextError,
  otlpHttp: controlError,
  otlpGrpc: controlError,
};

function makeRoutes(backends: Backends, ingest: Ingest, control: readonly Route[]) {
  return {
    loki: [makeOtlpRoute({ signal: 'logs', dialect: 'loki', path: '/otlp/v1/logs', ingest }), ...backends.loki.routes],
    prometheus: [
      makeOtlpRoute({ signal: 'metrics', dialect: 'prometheus', path: '/api/v1/otlp/v1/metrics', ingest }),
      ...backends.prometheus.routes,
    ],
    tempo: [
      makeOtlpRoute({ signal: 'traces', dialect: 'tempo', path: '/v1/traces', ingest }),
      ...backends.tempo.routes,
    ],
    otlpHttp: [
      makeOtlpRoute({ signal: 'logs', dialect: 'specification', path: '/v1/logs', ingest }),
      makeOtlpRoute({ signal: 'metrics', dialect: 'specification', path: '/v1/metrics', ingest }),
      makeOtlpRoute({ signal: 'traces', dialect: 'specification', path: '/v1/traces', ingest }),
      ...control,
    ],
  };
}

// Asking whether a server lives is no use of it.
function isProbe(path: string): boolean {
  return path === '/obs/identity' || path === '/ready' || path.startsWith('/-/');
}

function closeConnections(server: Server & { closeAllConnections?: unknown }): void {
  if (typeof server.closeAllConnections === 'function') server.closeAllConnections();
}

function describeBug(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
