// One listener of the keeper: node:http around routes. It checks who asks, reads the body, finds the route, and turns
// whatever is thrown into the API's own error answer, so that handlers hold nothing but their API.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { BodyBudget } from './body.ts';
import { withBody } from './body.ts';
import { describeFailure } from './error-shape.ts';
import { refuseStrangers } from './guard.ts';
import {
  headersTimeoutMs,
  keepAliveTimeoutMs,
  maxConcurrentRequests,
  maxConnections,
  maxDrainBytes,
  maxDrainMs,
  maxHeaderBytes,
  requestTimeoutMs,
} from './limits.ts';
import { HttpRefusal, refuseBeyond } from './refusal.ts';
import { type Found, makeRouter, type Router } from './router.ts';
import type { ApiRequest, ApiResponse, ErrorShape, Failure, Route } from './types.ts';

export interface ListenerOptions {
  readonly routes: readonly Route[];
  readonly shapeError: ErrorShape;
  /** Hosts beside loopback that may be asked for (the bridge gateway of `--listen docker`). */
  readonly extraHosts: ReadonlySet<string>;
  readonly bodyBudget: BodyBudget;
  /** Why requests cannot be served yet, apart from those below /obs/; undefined when they can. */
  readonly notReady: () => string | undefined;
  /** Told of every request that is let in. */
  readonly onRequest: (path: string) => void;
  /** Told of every answer of 400 and more, for `doctor`. */
  readonly onRefusal: (refusal: { path: string; status: number; reason: string; remote: string | null }) => void;
  /** Told of what was thrown and is neither a refusal nor a query error. */
  readonly onBug: (error: unknown, path: string) => void;
}

/** Makes the HTTP server; the caller binds it. */
export function makeListener(options: ListenerOptions): Server {
  const router = makeRouter(options.routes);
  let inProgress = 0;
  const server = createServer(
    { maxHeaderSize: maxHeaderBytes, keepAlive: true, noDelay: true, connectionsCheckingInterval: 5_000 },
    (message, response) => {
      inProgress++;
      response.once('close', () => inProgress--);
      const crowded = inProgress > maxConcurrentRequests;
      void answer(message, response, { ...options, router, crowded });
    },
  );
  server.requestTimeout = requestTimeoutMs;
  server.headersTimeout = headersTimeoutMs;
  server.keepAliveTimeout = keepAliveTimeoutMs;
  server.maxConnections = maxConnections;
  return server;
}

interface Serving extends ListenerOptions {
  readonly router: Router;
  readonly crowded: boolean;
}

async function answer(message: IncomingMessage, response: ServerResponse, serving: Serving): Promise<void> {
  const [path, search] = splitTarget(message.url ?? '/');
  const aborter = new AbortController();
  response.once('close', () => aborter.abort());
  let shapeError = serving.shapeError;
  try {
    const { route, params } = admit(message, path, serving);
    shapeError = route.shapeError ?? shapeError;
    const waiting = path.startsWith('/obs/') ? undefined : serving.notReady();
    if (waiting !== undefined) throw new HttpRefusal(503, waiting, { headers: { 'retry-after': '1' } });
    serving.onRequest(path);
    const reply = await withBody(message, serving.bodyBudget, (body) =>
      route.handler(makeRequest(message, { path, search, params, body, signal: aborter.signal })),
    );
    if (reply.status >= 400) noteRefusal(message, serving, { path, status: reply.status, reason: bodyStart(reply) });
    send(message, response, reply);
  } catch (error) {
    const failure = describeFailure(error) ?? describeBug(error, path, serving);
    noteRefusal(message, serving, { path, status: failure.status, reason: failure.message });
    sendFailure(message, response, shapeError({ ...failure, contentType: message.headers['content-type'] }));
  }
}

function admit(message: IncomingMessage, path: string, serving: Serving): Found {
  refuseStrangers(readHeaders(message), serving.extraHosts);
  if (serving.crowded)
    throw refuseBeyond(503, { name: 'requests at once', value: String(maxConcurrentRequests) }, 'too many requests');
  return serving.router(message.method ?? 'GET', path);
}

function makeRequest(
  message: IncomingMessage,
  { search, ...rest }: Pick<ApiRequest, 'path' | 'params' | 'body' | 'signal'> & { search: string },
): ApiRequest {
  const query = new URLSearchParams(search);
  const headers = readHeaders(message);
  if (isForm(headers['content-type']))
    for (const [name, value] of new URLSearchParams(rest.body.toString('utf8'))) query.append(name, value);
  return { ...rest, method: message.method ?? 'GET', query, headers };
}

// Node joins repeated headers into one string, all but set-cookie, which requests do not have.
function readHeaders(message: IncomingMessage): ApiRequest['headers'] {
  return message.headers as ApiRequest['headers'];
}

function send(message: IncomingMessage, response: ServerResponse, reply: ApiResponse): void {
  if (response.destroyed) return;
  const length = typeof reply.body === 'string' ? Buffer.byteLength(reply.body) : reply.body.length;
  response.writeHead(reply.status, { ...reply.headers, ...(reply.status === 204 ? {} : { 'content-length': length }) });
  response.end(message.method === 'HEAD' || reply.status === 204 ? undefined : reply.body);
}

// A sender in the middle of its body reads no answer: the rest is taken in and dropped, for as long as is decent.
function sendFailure(message: IncomingMessage, response: ServerResponse, reply: ApiResponse): void {
  const hasBody = Number(message.headers['content-length'] ?? 0) > 0 || 'transfer-encoding' in message.headers;
  if (!hasBody || message.complete || response.destroyed) {
    send(message, response, reply);
    return;
  }
  send(message, response, { ...reply, headers: { ...reply.headers, connection: 'close' } });
  let dropped = 0;
  const giveUp = setTimeout(() => message.destroy(), maxDrainMs).unref();
  message.on('data', (chunk: Buffer) => {
    dropped += chunk.length;
    if (dropped > maxDrainBytes) message.destroy();
  });
  message.once('error', () => undefined);
  message.once('close', () => clearTimeout(giveUp));
  message.resume();
}

function noteRefusal(
  message: IncomingMessage,
  serving: Serving,
  of: { path: string; status: number; reason: string },
): void {
  serving.onRefusal({ ...of, remote: message.socket.remoteAddress ?? null });
}

function describeBug(error: unknown, path: string, serving: Serving): Omit<Failure, 'contentType'> {
  serving.onBug(error, path);
  return { status: 500, message: `internal error: ${String(error)}`, errorType: 'internal', headers: {} };
}

function bodyStart(reply: ApiResponse): string {
  return reply.body.toString('utf8').slice(0, 300);
}

function splitTarget(url: string): [path: string, search: string] {
  const mark = url.indexOf('?');
  return mark === -1 ? [url, ''] : [url.slice(0, mark), url.slice(mark + 1)];
}

function isForm(contentType: string | undefined): boolean {
  return contentType?.toLowerCase().startsWith('application/x-www-form-urlencoded') ?? false;
}
