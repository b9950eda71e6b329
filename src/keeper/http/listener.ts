// One listener of the keeper: node:http around routes. It checks who asks, reads the body, finds the route, and turns
// whatever is thrown into the API's own error answer, so that handlers hold nothing but their API.
import { createServer, type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { BodyBudget } from './body.ts';
import { withBody } from './body.ts';
import { answerPreflight, describeAccess, readPreflight } from './cors.ts';
import { describeFailure } from './error-shape.ts';
import { refuseStrangers } from './guard.ts';
import {
  headersTimeoutMs,
  keepAliveTimeoutMs,
  maxConnections,
  maxDrainBytes,
  maxDrainMs,
  maxHeaderBytes,
  requestTimeoutMs,
  unreadTimeoutMs,
} from './limits.ts';
import { Presence, ReceivedRequest, readHeaders } from './received-request.ts';
import { HttpRefusal, refuseBeyond } from './refusal.ts';
import { type Found, makeRouter, type Router } from './router.ts';
import type { ApiResponse, ErrorShape, Failure, Route } from './types.ts';

/**
 * Serves what is no route, with the bare request and answer, so that bodies can stream. What it throws before the first
 * byte of the answer gets the shape of the API.
 */
export type RestHandler = (
  message: IncomingMessage,
  response: ServerResponse,
  context: { readonly bodyBudget: BodyBudget; readonly signal: AbortSignal },
) => Promise<void>;

/** Takes over a connection for another protocol; what it throws is the refusal of the handshake. */
export type UpgradeHandler = (message: IncomingMessage, socket: Duplex) => Promise<void>;

export interface ListenerOptions {
  readonly routes: readonly Route[];
  /** What no route serves; without it, that is 404. */
  readonly rest?: RestHandler;
  /** Without it, requests for a WebSocket are answered like plain ones. */
  readonly upgrade?: UpgradeHandler;
  readonly shapeError: ErrorShape;
  /** How long clients may take; default: as limits.ts says. */
  readonly patience?: Patience;
  /** The status for requests beyond `concurrentRequests`; default 503. */
  readonly crowdedStatus?: number;
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

export interface Patience {
  readonly headersTimeoutMs: number;
  readonly requestTimeoutMs: number;
  readonly unreadTimeoutMs: number;
  /** How often connections are looked at. */
  readonly checkMs: number;
}

const noHeaders: Readonly<Record<string, string>> = {};
const usualPatience: Patience = { headersTimeoutMs, requestTimeoutMs, unreadTimeoutMs, checkMs: 5_000 };

/** Makes the HTTP server; the caller binds it. */
export function makeListener(options: ListenerOptions): Server {
  const { patience = usualPatience } = options;
  const serving = { ...options, patience, router: makeRouter(options.routes) };
  let inProgress = 0;
  const leave = () => {
    inProgress--;
  };
  const server = createServer(
    { maxHeaderSize: maxHeaderBytes, keepAlive: true, noDelay: true, connectionsCheckingInterval: patience.checkMs },
    (message, response) => {
      inProgress++;
      const presence = new Presence(response, leave);
      const isCrowded = inProgress > options.bodyBudget.bounds.concurrentRequests;
      void answer({ message, response, presence, isCrowded }, serving);
    },
  );
  const { upgrade } = options;
  if (upgrade !== undefined)
    server.on('upgrade', (message, socket) => void answerUpgrade(message, socket, { ...serving, upgrade }));
  server.requestTimeout = patience.requestTimeoutMs;
  server.headersTimeout = patience.headersTimeoutMs;
  server.keepAliveTimeout = keepAliveTimeoutMs;
  // Nothing is said in either direction: longer than any query may take.
  server.timeout = options.bodyBudget.bounds.queryTime + patience.unreadTimeoutMs;
  server.maxConnections = maxConnections;
  return server;
}

interface Serving extends ListenerOptions {
  readonly router: Router;
  readonly patience: Patience;
}

interface Exchange {
  readonly message: IncomingMessage;
  readonly response: ServerResponse;
  readonly presence: Presence;
  /** Are more requests under way than may be? */
  readonly isCrowded: boolean;
}

async function answer({ message, response, presence, isCrowded }: Exchange, serving: Serving): Promise<void> {
  const [path, search] = splitTarget(message.url ?? '/');
  const headers = readHeaders(message);
  let shapeError = serving.shapeError;
  let access: Readonly<Record<string, string>> = noHeaders;
  try {
    const preflight = readPreflight(message.method, headers);
    const found = admit(message, { method: preflight ?? message.method, path, isCrowded }, serving);
    shapeError = found?.route.shapeError ?? shapeError;
    if (found?.route.forPages === true) {
      access = describeAccess(found.route, headers);
      if (preflight !== undefined) return send(message, response, answerPreflight(found.route, headers));
    }
    failUnlessReady(path, serving);
    serving.onRequest(path);
    if (found === undefined) {
      response.once('prefinish', () => boundUnread(response, serving.patience));
      await serving.rest?.(message, response, { ...serving, signal: presence.signal });
      return;
    }
    const { route, params } = found;
    route.admit?.(headers);
    const reply = await withBody(message, serving.bodyBudget, (body) =>
      route.handler(new ReceivedRequest(message, { path, search, params, body, presence })),
    );
    if (reply.status >= 400) noteRefusal(message, serving, { path, status: reply.status, reason: bodyStart(reply) });
    send(message, response, access === noHeaders ? reply : { ...reply, headers: { ...reply.headers, ...access } });
  } catch (error) {
    const failure = describeFailure(error) ?? describeBug(error, path, serving);
    noteRefusal(message, serving, { path, status: failure.status, reason: failure.message });
    const shaped = shapeError({ ...failure, contentType: headers['content-type'] });
    sendFailure(message, response, { ...shaped, headers: { ...shaped.headers, ...access } });
  } finally {
    if (isHeld(response)) boundUnread(response, serving.patience);
  }
}

/** Is there anything of a whole answer that the system did not take at once? */
function isHeld({ socket, writableEnded, writableFinished }: ServerResponse): boolean {
  return writableEnded && !writableFinished && (socket === null || socket.writableLength > 0);
}

// An answer that nobody takes would be held for ever.
function boundUnread(response: ServerResponse, { unreadTimeoutMs }: Patience): void {
  if (!response.destroyed) response.setTimeout(unreadTimeoutMs, () => response.destroy());
}

/** The route of a request that may be served; undefined when `rest` serves it. @throws HttpRefusal */
function admit(
  message: IncomingMessage,
  {
    method = 'GET',
    path,
    isCrowded,
  }: { readonly method: string | undefined; readonly path: string; isCrowded: boolean },
  serving: Serving,
): Found | undefined {
  refuseStrangers(readHeaders(message), serving.extraHosts);
  if (isCrowded)
    throw refuseBeyond(
      serving.crowdedStatus ?? 503,
      { limit: 'concurrentRequests', bounds: serving.bodyBudget.bounds },
      'too many outstanding requests',
    );
  const found = serving.router(method, path);
  if (found === undefined && serving.rest === undefined) throw new HttpRefusal(404, '404 page not found');
  return found;
}

function failUnlessReady(path: string, { notReady }: Pick<ListenerOptions, 'notReady'>): void {
  const waiting = path.startsWith('/obs/') ? undefined : notReady();
  if (waiting !== undefined) throw new HttpRefusal(503, waiting, { headers: { 'retry-after': '1' } });
}

async function answerUpgrade(
  message: IncomingMessage,
  socket: Duplex,
  serving: Serving & { readonly upgrade: UpgradeHandler },
): Promise<void> {
  const [path] = splitTarget(message.url ?? '/');
  socket.on('error', () => socket.destroy());
  if (socket instanceof Socket) socket.setTimeout(0); // what it becomes may be silent for hours
  try {
    admit(message, { method: message.method, path, isCrowded: false }, serving);
    failUnlessReady(path, serving);
    serving.onRequest(path);
    await serving.upgrade(message, socket);
  } catch (error) {
    const failure = describeFailure(error) ?? describeBug(error, path, serving);
    noteRefusal(message, serving, { path, status: failure.status, reason: failure.message });
    const { status, headers, body } = serving.shapeError({ ...failure, contentType: undefined });
    const lines = Object.entries({ ...headers, connection: 'close', 'content-length': Buffer.byteLength(body) });
    const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
    socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${head}\r\n${String(body)}`);
  }
}

function send(message: IncomingMessage, response: ServerResponse, reply: ApiResponse): void {
  if (response.destroyed) return;
  if (reply.onSent !== undefined) response.once('close', reply.onSent);
  const length = typeof reply.body === 'string' ? Buffer.byteLength(reply.body) : reply.body.length;
  response.writeHead(reply.status, { ...reply.headers, ...(reply.status === 204 ? {} : { 'content-length': length }) });
  // Without a body, headers are one write.
  response.end(message.method === 'HEAD' || reply.status === 204 || length === 0 ? undefined : reply.body);
}

// A sender in the middle of its body reads no answer: the rest is taken in and dropped, for as long as is decent.
function sendFailure(message: IncomingMessage, response: ServerResponse, reply: ApiResponse): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const hasBody = Number(message.headers['content-length'] ?? 0) > 0 || 'transfer-encoding' in message.headers;
  if (!hasBody || message.complete || response.destroyed) {
    send(message, response, reply);
    return;
  }
  // Node closes the connection behind the end of this answer, and who then writes on may lose it unread: it is all there, but
  // ends with the body.
  const length = Buffer.byteLength(reply.body);
  response.writeHead(reply.status, { ...reply.headers, 'content-length': length, connection: 'close' });
  response.write(reply.body);
  let dropped = 0;
  const giveUp = setTimeout(() => message.destroy(), maxDrainMs).unref();
  message.on('data', (chunk: Buffer) => {
    dropped += chunk.length;
    if (dropped > maxDrainBytes) message.destroy();
  });
  message.once('end', () => response.end());
  message.once('error', () => undefined);
  message.once('close', () => clearTimeout(giveUp));
  message.resume();
}

function noteRefusal(
  message: IncomingMessage,
  serving: Pick<Serving, 'onRefusal'>,
  of: { path: string; status: number; reason: string },
): void {
  serving.onRefusal({ ...of, remote: message.socket.remoteAddress ?? null });
}

function describeBug(error: unknown, path: string, serving: Pick<Serving, 'onBug'>): Omit<Failure, 'contentType'> {
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
