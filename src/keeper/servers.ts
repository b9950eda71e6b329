// The five listeners of a keeper with their routes.
import type { Socket } from 'node:net';
import { signals } from '../wire/otlp/request.ts';
import { makeIdentityRoute } from './control/identity.ts';
import { GuestDoor } from './guests/guest-door.ts';
import { BodyBudget } from './http/body.ts';
import { controlError, plainTextError, prometheusError } from './http/error-shape.ts';
import { type ListenerOptions, makeListener } from './http/listener.ts';
import { makeHttpPort, makeSharedPort, type Port } from './http/shared-port.ts';
import type { ErrorShape, Route } from './http/types.ts';
import { makeLokiPushRoute } from './ingest/loki-push/receiver.ts';
import { type GrpcServer, makeGrpcServer } from './ingest/otlp/grpc-server.ts';
import { makeOtlpRoute } from './ingest/otlp/receiver.ts';
import { makeRemoteWriteRoute } from './ingest/remote-write/receiver.ts';
import { makeZipkinRoute } from './ingest/zipkin/receiver.ts';
import type { ListenerRole } from './listeners.ts';
import { makePageRoutes } from './pages/routes.ts';
import type { Parts } from './parts.ts';
import type { QueryApi } from './storage.ts';

export interface ServersOptions {
  readonly parts: Parts;
  readonly control: readonly Route[];
  /** Why telemetry and queries cannot be served yet; undefined when they can. */
  readonly notReady: () => string | undefined;
}

const errorShapes: Readonly<Record<ListenerRole, ErrorShape>> = {
  loki: plainTextError,
  prometheus: prometheusError,
  tempo: plainTextError,
  otlpHttp: controlError,
  otlpGrpc: controlError,
};

/** One server per port; the caller binds them. */
export function makeServers(options: ServersOptions): Readonly<Record<ListenerRole, Port>> {
  const { parts } = options;
  const shared = makeShared(options);
  const routes = makeRoutes(options);
  const make = (role: ListenerRole) =>
    makeListener({
      ...shared,
      routes: [makeIdentityRoute(role, parts.mark, parts.file.state), ...routes[role]],
      ...pickRest(parts, role),
      shapeError: errorShapes[role],
      ...(role === 'loki' || role === 'tempo' ? { crowdedStatus: 429 } : {}),
      extraHosts: new Set(),
    });
  const acceptGrpc = makeGrpcAcceptor(options);
  return {
    loki: makeHttpPort(make('loki')),
    prometheus: makeHttpPort(make('prometheus')),
    tempo: makeHttpPort(make('tempo')),
    // An exporter that is hard-wired to gRPC finds the one endpoint that all apps are given.
    otlpHttp: makeSharedPort(make('otlpHttp'), acceptGrpc),
    otlpGrpc: makeSharedPort(make('otlpGrpc'), acceptGrpc),
  };
}

/** The door for apps in containers; closed until it is told where to listen. */
export function makeGuestDoor(options: Pick<ServersOptions, 'parts' | 'notReady'>): GuestDoor {
  const shared = makeShared(options);
  return new GuestDoor({
    state: options.parts.file.state,
    routes: makeOtlpRoutes(options.parts),
    makeServer: (routes, extraHosts) => makeListener({ ...shared, routes, extraHosts, shapeError: controlError }),
  });
}

// What is the same for all listeners.
function makeShared({ parts, notReady }: Pick<ServersOptions, 'parts' | 'notReady'>) {
  const { lease, arrivals, log } = parts;
  return {
    bodyBudget: new BodyBudget(parts.bounds),
    notReady,
    onRequest: (path) => {
      if (isUse(path)) lease.renew();
    },
    onRefusal: (refusal) => arrivals.refuse(refusal),
    onBug: (error, path) => log('error', 'a request failed', { path, error: describeBug(error) }),
  } satisfies Partial<ListenerOptions>;
}

// What no route serves; the keeper's own two ports have routes only.
function pickRest({ apis }: Parts, role: ListenerRole): Pick<QueryApi, 'rest' | 'upgrade'> {
  if (role === 'otlpHttp' || role === 'otlpGrpc') return {};
  const { rest, upgrade } = apis[role];
  return { rest, upgrade };
}

// The gRPC library is loaded by the first connection that needs it.
function makeGrpcAcceptor({ parts, notReady }: ServersOptions): (socket: Socket) => void {
  let loading: Promise<GrpcServer> | undefined;
  return (socket) => {
    loading ??= makeGrpcServer({
      ingest: parts.ingest,
      bounds: parts.bounds,
      notReady,
      onRefusal: (refusal) => parts.arrivals.refuse(refusal),
    });
    loading.then(
      (server) => server.accept(socket),
      (error: unknown) => {
        parts.log('error', 'gRPC cannot be served', { error: describeBug(error) });
        socket.destroy();
      },
    );
  };
}

function makeRoutes({ parts, control }: ServersOptions): Readonly<Record<ListenerRole, readonly Route[]>> {
  const { ingest, apis, bounds } = parts;
  return {
    loki: [
      makeOtlpRoute({ signal: 'logs', dialect: 'loki', path: '/otlp/v1/logs', ingest }),
      makeLokiPushRoute(ingest, bounds),
      ...apis.loki.routes,
    ],
    prometheus: [
      makeOtlpRoute({
        signal: 'metrics',
        dialect: 'prometheus',
        path: '/api/v1/otlp/v1/metrics',
        ingest: {
          takeBytes: (...given) => parts.metadata.outOfSight(() => ingest.takeBytes(...given)),
          takeExport: (incoming) => parts.metadata.outOfSight(() => ingest.takeExport(incoming)),
        },
      }),
      makeRemoteWriteRoute({ ingest, bounds, onMetadata: (metadata) => parts.metadata.learnWritten(metadata) }),
      ...apis.prometheus.routes,
    ],
    tempo: [makeOtlpRoute({ signal: 'traces', dialect: 'tempo', path: '/v1/traces', ingest }), ...apis.tempo.routes],
    otlpHttp: [...makeOtlpRoutes(parts), makeZipkinRoute(ingest), ...makePageRoutes(parts), ...control],
    otlpGrpc: [],
  };
}

function makeOtlpRoutes({ ingest }: Pick<Parts, 'ingest'>): readonly Route[] {
  return signals.map((signal) => makeOtlpRoute({ signal, dialect: 'specification', path: `/v1/${signal}`, ingest }));
}

// Asking whether a server lives is no use of it, nor is what `obs ps` asks of every stack, nor what asks to end it.
function isUse(path: string): boolean {
  return !notUsed.has(path) && !path.startsWith('/-/');
}

const notUsed: ReadonlySet<string> = new Set(['/obs/identity', '/obs/status', '/obs/stop', '/ready']);

function describeBug(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
