// Where the container engine listens, found as the docker command finds it: DOCKER_HOST, then the context in force, then the
// well-known sockets of Docker, its desktops, rootless Docker and Podman. Files are looked at; nothing is connected to.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

export type Environment = Readonly<Record<string, string | undefined>>;

const tlsSchema = z.strictObject({ ca: z.string(), cert: z.string(), key: z.string() });

/** How to connect. Kept in the stack's folder, so that `down` finds the engine of `up` under another DOCKER_HOST, too. */
export const enginePlaceSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('socket'), path: z.string() }),
  z.strictObject({
    kind: z.literal('tcp'),
    host: z.string(),
    port: z.number(),
    /** Paths of PEM files. */
    tls: tlsSchema.nullable(),
  }),
]);
export type EnginePlace = z.infer<typeof enginePlaceSchema>;

export interface EngineCandidate {
  /** What names it: `DOCKER_HOST`, `context "work"`, or a path. */
  readonly source: string;
  /** A place, or the reason why it is none that obs can use. */
  readonly place: EnginePlace | { readonly kind: 'unusable'; readonly reason: string };
}

/** A candidate that obs can connect to. */
export type UsableCandidate = EngineCandidate & { readonly place: EnginePlace };

/** Candidates in the order in which they are tried; more than one only where nothing says which is meant. */
export function locateEngines(env: Environment, home: string): EngineCandidate[] {
  const host = env.DOCKER_HOST;
  if (host) {
    const tls = env.DOCKER_TLS_VERIFY ? (env.DOCKER_CERT_PATH ?? join(home, '.docker')) : undefined;
    return [{ source: 'DOCKER_HOST', place: parseHost(host, tls) }];
  }
  const folder = env.DOCKER_CONFIG || join(home, '.docker');
  const context = env.DOCKER_CONTEXT || readCurrentContext(folder);
  if (context !== undefined && context !== 'default') {
    return [{ source: `the docker context "${context}"`, place: readContext(folder, context) }];
  }
  return listWellKnownSockets(env, home)
    .filter((path) => existsSync(path))
    .map((path) => ({ source: path, place: { kind: 'socket', path } }));
}

/** The place in words. */
export function describePlace(place: EnginePlace): string {
  return place.kind === 'socket' ? place.path : `tcp://${place.host}:${place.port}`;
}

function listWellKnownSockets({ XDG_RUNTIME_DIR: runtimeDir }: Environment, home: string): string[] {
  const ofUser = runtimeDir ? [join(runtimeDir, 'docker.sock')] : [];
  const podmanOfUser = runtimeDir ? [join(runtimeDir, 'podman/podman.sock')] : [];
  return [
    '/var/run/docker.sock',
    ...ofUser,
    join(home, '.docker/run/docker.sock'),
    join(home, '.docker/desktop/docker.sock'),
    join(home, '.orbstack/run/docker.sock'),
    join(home, '.colima/default/docker.sock'),
    join(home, '.rd/docker.sock'),
    ...podmanOfUser,
    '/run/podman/podman.sock',
    join(home, '.local/share/containers/podman/machine/podman.sock'),
  ];
}

// https://docs.docker.com/reference/cli/docker/#host: unix, tcp, ssh, npipe. Ports that a remote engine publishes are on
// the loopback address of that machine, so only engines of this one are of use.
function parseHost(host: string, tlsFolder: string | undefined): EngineCandidate['place'] {
  const path = /^unix:\/\/(.+)$/.exec(host)?.[1];
  if (path !== undefined) return { kind: 'socket', path };
  const address = /^(?:tcp|https?):\/\/(\[[^\]]+\]|[^:/]+)(?::(\d+))?\/?$/.exec(host);
  if (address === null) return { kind: 'unusable', reason: `${host} is no address of an engine on this machine` };
  const [, name = '', port] = address;
  if (!/^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(name)) {
    return { kind: 'unusable', reason: `${host} is another machine: ports that it publishes are not reachable here` };
  }
  const tls = tlsFolder === undefined ? null : readTls(tlsFolder);
  return { kind: 'tcp', host: name.replace(/[[\]]/g, ''), port: Number(port ?? (tls === null ? 2375 : 2376)), tls };
}

function readTls(folder: string): { ca: string; cert: string; key: string } | null {
  const files = { ca: join(folder, 'ca.pem'), cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') };
  return Object.values(files).every((file) => existsSync(file)) ? files : null;
}

function readCurrentContext(folder: string): string | undefined {
  const config = readJson(join(folder, 'config.json'));
  return z.looseObject({ currentContext: z.string() }).safeParse(config).data?.currentContext;
}

const contextSchema = z.looseObject({
  Endpoints: z.looseObject({ docker: z.looseObject({ Host: z.string() }) }),
});

// The docker command keeps each context in a folder named by the digest of its name.
function readContext(folder: string, name: string): EngineCandidate['place'] {
  const id = createHash('sha256').update(name).digest('hex');
  const file = join(folder, 'contexts/meta', id, 'meta.json');
  const context = contextSchema.safeParse(readJson(file)).data;
  if (context === undefined) return { kind: 'unusable', reason: `${file} names no engine` };
  const tlsFolder = join(folder, 'contexts/tls', id, 'docker');
  return parseHost(context.Endpoints.docker.Host, existsSync(tlsFolder) ? tlsFolder : undefined);
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}
