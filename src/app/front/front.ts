// A second address of an app, for browsers: it passes everything on, and puts the loader's tag into the pages that come
// back. So pages are instrumented with no change to the app, in whatever language that is written.
import { Agent, createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Span } from '../../wire/otlp/types.ts';
import { allowStack, readNonce } from './content-security.ts';
import { PageTag } from './page-tag.ts';
import { beginPageTrace, type PageTrace } from './page-trace.ts';

export interface FrontOptions {
  /** Where browsers find it; if that port is taken, any free one. */
  readonly wantedPort: number;
  readonly appPort: number;
  /** Base URL of the keeper's OTLP/HTTP port, which serves the loader. */
  readonly stack: string;
  readonly nowMs: () => number;
  /** Told of every page that was loaded. */
  readonly onPage: (span: Span) => void;
}

export interface Front {
  readonly port: number;
  readonly close: () => void;
}

/** Apps bind 127.0.0.1 or ::1; the name leads to both. */
const appHost = 'localhost';
const listenHost = '127.0.0.1';
const ownHosts = /^(?:127\.0\.0\.1|localhost|\[::1\]|[\w.-]+\.localhost)(?::\d+)?$/i;

/** Opens the address. @throws when not even a free port can be bound */
export async function openFront(options: FrontOptions): Promise<Front> {
  // A connection for each request: one that the app closes while it is used again would look like an error of the app.
  const agent = new Agent({ keepAlive: false });
  const server = createServer((incoming, response) => serve(incoming, response, { ...options, agent }));
  server.on('upgrade', (incoming: IncomingMessage, socket: Duplex, first: Buffer) =>
    passOn(incoming, { socket, first }, options.appPort),
  );
  await listen(server, options.wantedPort).catch(() => listen(server, 0));
  // A server that listens on a port has an address with one.
  const { port } = server.address() as AddressInfo;
  return {
    port,
    close: () => {
      server.close();
      server.closeAllConnections();
      agent.destroy();
    },
  };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, listenHost, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

interface Serving extends FrontOptions {
  readonly agent: Agent;
}

function serve(incoming: IncomingMessage, response: ServerResponse, serving: Serving): void {
  if (!ownHosts.test(incoming.headers.host ?? '')) {
    response.writeHead(403).end(`host "${incoming.headers.host ?? ''}" is not this machine's loopback\n`);
    return;
  }
  const trace = isPageLoad(incoming) ? beginPageTrace(serving.nowMs()) : undefined;
  const { connection: _, ...headers } = incoming.headers;
  if (trace !== undefined) {
    // A compressed page could not be added to.
    headers['accept-encoding'] = 'identity';
    headers.traceparent ??= trace.traceparent;
  }
  const { method, url } = incoming;
  const outgoing = request({ host: appHost, port: serving.appPort, agent: serving.agent, method, path: url, headers });
  outgoing.on('response', (answer) => {
    if (trace === undefined) relay(answer, response);
    else relayPage(answer, response, { ...serving, trace, path: (url ?? '/').split('?')[0] ?? '/' });
  });
  outgoing.on('error', (error) => {
    if (response.headersSent) response.destroy();
    else response.writeHead(502, { 'content-type': 'text/plain' }).end(`the app does not answer: ${error.message}\n`);
  });
  response.once('close', () => outgoing.destroy());
  incoming.pipe(outgoing);
}

/** Whether a browser asks for a page; what scripts fetch stays as it is. */
function isPageLoad({ method, headers }: IncomingMessage): boolean {
  return method === 'GET' && /^(?:document|iframe|frame)$/.test(String(headers['sec-fetch-dest'] ?? ''));
}

function relay(answer: IncomingMessage, response: ServerResponse): void {
  response.writeHead(answer.statusCode ?? 502, answer.statusMessage, listHeaders(answer).flat());
  answer.pipe(response);
}

interface PageServing extends Serving {
  readonly trace: PageTrace;
  readonly path: string;
}

function relayPage(answer: IncomingMessage, response: ServerResponse, serving: PageServing): void {
  const { stack, trace, path, onPage, nowMs } = serving;
  const { statusCode: status = 502, headers } = answer;
  answer.once('end', () => onPage(trace.end({ path, status, nowMs: nowMs() })));
  const isPage = /^text\/html\b/i.test(headers['content-type'] ?? '') && headers['content-encoding'] === undefined;
  if (!isPage || status === 204 || status === 304) {
    relay(answer, response);
    return;
  }
  const policy = [headers['content-security-policy']].flat().join(', ');
  const nonce = readNonce(policy);
  const tag = `<script crossorigin src="${stack}/obs/browser.js"${nonce === undefined ? '' : ` nonce="${nonce}"`}></script>`;
  response.writeHead(status, answer.statusMessage, changeHeaders(answer, serving));
  answer.pipe(new PageTag(tag)).pipe(response);
}

/** Names and values as the app sent them, without those that are about its connection to here. RFC 9110, section 7.6.1 */
function listHeaders({ rawHeaders }: IncomingMessage): [name: string, value: string][] {
  const pairs: [string, string][] = [];
  for (let i = 0; i < rawHeaders.length; i += 2) pairs.push([rawHeaders[i] ?? '', rawHeaders[i + 1] ?? '']);
  return pairs.filter(([name]) => !/^(?:connection|keep-alive)$/i.test(name));
}

function changeHeaders(answer: IncomingMessage, { stack, trace }: PageServing): string[] {
  const changed = listHeaders(answer)
    // The page gets longer.
    .filter(([name]) => !/^content-length$/i.test(name))
    .map(([name, value]) => [name, /^content-security-policy$/i.test(name) ? allowStack(value, stack) : value]);
  // A preload of ours in the app knows better: it names the very span that made the page.
  const isTold = /\btraceparent\b/.test(String(answer.headers['server-timing'] ?? ''));
  return [...changed, ...(isTold ? [] : [['server-timing', `traceparent;desc="${trace.traceparent}"`]])].flat();
}

/** WebSockets, of which every development server has one, are passed on byte by byte. */
function passOn(
  { method, url, rawHeaders, headers }: IncomingMessage,
  { socket, first }: { readonly socket: Duplex; readonly first: Buffer },
  appPort: number,
): void {
  socket.on('error', () => socket.destroy());
  if (!ownHosts.test(headers.host ?? '')) {
    socket.end('HTTP/1.1 403 Forbidden\r\nconnection: close\r\n\r\n');
    return;
  }
  const app = connect(appPort, appHost, () => {
    const lines = [`${method} ${url} HTTP/1.1`];
    for (let i = 0; i < rawHeaders.length; i += 2) lines.push(`${rawHeaders[i]}: ${rawHeaders[i + 1]}`);
    app.write(`${lines.join('\r\n')}\r\n\r\n`);
    app.write(first);
    socket.pipe(app).pipe(socket);
  });
  app.on('error', () => socket.destroy());
  app.once('close', () => socket.destroy());
  socket.once('close', () => app.destroy());
}
