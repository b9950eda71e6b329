// A stand-in for a Loki, a Mimir and a Tempo that many tenants share, over our own stores: one HTTP server with the paths
// that such clusters have. It knows tenants and their tokens, and takes nothing and answers nothing that does not say
// whose stack it is about; what tried is kept in `misuses`.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { uncompress } from 'snappyjs';
import { QueryError } from '../../src/errors/query-error.ts';
import { type Backends, createBackends } from '../../src/keeper/backends.ts';
import { HttpRefusal } from '../../src/keeper/http/refusal.ts';
import { makeRouter } from '../../src/keeper/http/router.ts';
import type { ApiResponse } from '../../src/keeper/http/types.ts';
import { makeMasker } from '../../src/keeper/mask/mask-request.ts';
import { parseSelectorOnly } from '../../src/logql/parser.ts';
import { fillBounds } from '../../src/model/limits.ts';
import { decodePushProtobuf } from '../../src/wire/loki/push.ts';
import { decodeProtobuf } from '../../src/wire/otlp/request.ts';
import { decodeWriteRequest } from '../../src/wire/prometheus/remote-write.ts';
import { findUnconfined, type Role } from './matchers.ts';

interface Tenant {
  readonly token: string;
  readonly backends: Backends;
  readonly routers: Readonly<Record<Role, ReturnType<typeof makeRouter>>>;
}

/** Where the servers are, below the cluster's address. */
const prefixes: readonly (readonly [string, Role])[] = [
  ['/loki-cluster', 'loki'],
  ['/mimir/prometheus', 'prometheus'],
  ['/tempo-cluster', 'tempo'],
];

export class Cluster {
  /** Whatever should not have come: unmarked telemetry, questions about everybody, attempts to delete. */
  readonly misuses: string[] = [];
  private readonly tenants = new Map<string, Tenant>();
  private readonly server: Server = createServer((message, response) => void this.answer(message, response));

  /** Starts a cluster with a tenant for each token. */
  static async start(tokens: Readonly<Record<string, string>>): Promise<Cluster> {
    const cluster = new Cluster();
    for (const [name, token] of Object.entries(tokens)) cluster.tenants.set(name, makeTenant(token));
    await new Promise<void>((done) => cluster.server.listen(0, '127.0.0.1', done));
    return cluster;
  }

  get url(): string {
    // A listening TCP server has an address with a port.
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** The part of an obs.yaml that names this cluster; the token is in the environment under `variable`. */
  describe(tenant: string, variable: string): string {
    const rest = `tenant: ${tenant}, headers: { authorization: "Bearer \${${variable}}" }`;
    return [
      'remote:',
      `  loki: { url: "${this.url}/loki-cluster/", ${rest} }`,
      `  prometheus: { url: "${this.url}/mimir/prometheus", ${rest} }`,
      `  tempo: { url: "${this.url}/tempo-cluster", ${rest} }`,
      '',
    ].join('\n');
  }

  /** From now on only this token is good. */
  changeToken(name: string, token: string): void {
    const tenant = this.tenants.get(name);
    if (tenant !== undefined) this.tenants.set(name, { ...tenant, token });
  }

  /** Records of each signal that a tenant has, of all its stacks. */
  usageOf(name: string): Record<'logs' | 'metrics' | 'traces', number> {
    const tenant = this.tenants.get(name);
    if (tenant === undefined) throw new Error(`no tenant ${name}`);
    const { loki, prometheus, tempo } = tenant.backends;
    return {
      logs: loki.store.usage().records,
      metrics: prometheus.store.usage().records,
      traces: tempo.store.usage().records,
    };
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((done) => this.server.close(done));
  }

  private async answer(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const { status, headers, body } = await this.judge(message).catch(describeFailure);
    response.writeHead(status, headers);
    response.end(body);
  }

  private async judge(message: IncomingMessage): Promise<ApiResponse> {
    const chunks: Buffer[] = [];
    for await (const chunk of message) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const tenant = this.findTenant(message);
    const url = new URL(message.url ?? '/', this.url);
    const taker = takers[url.pathname];
    if (taker !== undefined) {
      const unmarked = taker(tenant.backends, body);
      if (unmarked !== undefined) this.refuse(`${url.pathname} was sent what bears no mark: ${unmarked}`);
      return { status: 204, body: '' };
    }
    return this.query(tenant, { message, url, body });
  }

  private async query(
    tenant: Tenant,
    { message, url, body }: { readonly message: IncomingMessage; readonly url: URL; readonly body: Buffer },
  ): Promise<ApiResponse> {
    const [prefix, role] = prefixes.find(([start]) => url.pathname.startsWith(`${start}/`)) ?? [];
    if (prefix === undefined || role === undefined) throw new HttpRefusal(404, '404 page not found');
    const method = message.method ?? 'GET';
    const path = url.pathname.slice(prefix.length);
    if (method === 'DELETE' || /delete|flush|shutdown/.test(path)) this.refuse(`${method} ${path}`);
    const isForm = message.headers['content-type'] === 'application/x-www-form-urlencoded';
    const query = new URLSearchParams([...(isForm ? new URLSearchParams(body.toString()) : []), ...url.searchParams]);
    const found = tenant.routers[role](method, path);
    if (found === undefined) throw new HttpRefusal(404, '404 page not found');
    const { route, params } = found;
    const unconfined = findUnconfined(role, path, query);
    if (unconfined !== undefined) this.refuse(unconfined);
    const { signal } = new AbortController();
    const headers = message.headers as Record<string, string | undefined>; // repeated headers are of no use here
    return route.handler({ method, path, params, query, headers, body, signal });
  }

  private findTenant({ headers }: IncomingMessage): Tenant {
    const tenant = this.tenants.get(String(headers['x-scope-orgid']));
    if (tenant === undefined) throw new HttpRefusal(401, 'no org id');
    const { authorization = '' } = headers;
    if (!authorization.startsWith('Bearer ')) throw new HttpRefusal(401, 'no credentials');
    // As some servers do, it repeats what it was given.
    if (authorization !== `Bearer ${tenant.token}`) throw new HttpRefusal(403, `${authorization} may not do this`);
    return tenant;
  }

  private refuse(misuse: string): never {
    this.misuses.push(misuse);
    throw new HttpRefusal(400, misuse);
  }
}

/** Takes telemetry; says what of it bears no mark, before anything is stored. */
type Taker = (backends: Backends, body: Buffer) => string | undefined;

const takers: Readonly<Record<string, Taker>> = {
  '/loki-cluster/loki/api/v1/push': ({ loki }, body) => {
    const streams = decodePushProtobuf(Buffer.from(uncompress(body)));
    const isMarked = ({ labels }: (typeof streams)[number]) =>
      parseSelectorOnly(String(labels)).some(({ name }) => name === 'obs_stack');
    const unmarked = streams.find((stream) => !isMarked(stream));
    if (unmarked === undefined) loki.pushStore.prepare(streams).commit();
    return unmarked && String(unmarked.labels);
  },
  '/mimir/api/v1/push': ({ prometheus }, body) => {
    const series = decodeWriteRequest(Buffer.from(uncompress(body)));
    const unmarked = series.find(({ labels }) => !labels.some(({ name }) => name === 'obs_stack'));
    if (unmarked === undefined) prometheus.seriesStore.append(series);
    return unmarked && JSON.stringify(unmarked.labels);
  },
  '/tempo-cluster/v1/traces': ({ tempo }, body) => {
    const request = decodeProtobuf('traces', body);
    const unmarked = request.find(({ resource }) => !resource.attributes.some(({ key }) => key === 'obs.stack'));
    if (unmarked === undefined) tempo.store.ingest(request, BigInt(Date.now()) * 1_000_000n);
    return unmarked && JSON.stringify(unmarked.resource);
  },
};

function makeTenant(token: string): Tenant {
  const backends = createBackends({
    nowMs: Date.now,
    masker: makeMasker(),
    learnMetrics: () => undefined,
    listMetadata: () => ({}),
    bounds: fillBounds(),
    limits: { maxBytes: Number.MAX_SAFE_INTEGER, retentionMs: Number.MAX_SAFE_INTEGER },
  });
  const { loki, prometheus, tempo } = backends;
  return {
    token,
    backends,
    routers: {
      loki: makeRouter(loki.routes),
      prometheus: makeRouter(prometheus.routes),
      tempo: makeRouter(tempo.routes),
    },
  };
}

function describeFailure(error: unknown): ApiResponse {
  if (error instanceof HttpRefusal) return { status: error.status, headers: error.headers, body: error.message };
  if (error instanceof QueryError) return { status: 400, body: error.fields.serverText ?? error.message };
  return { status: 500, body: String(error) };
}
