// /loki/api/v1/tail: a WebSocket that gets the last lines of a query and then each new one as it comes in.
// https://grafana.com/docs/loki/latest/reference/loki-http-api/#stream-logs
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { WebSocket, WebSocketServer } from 'ws';
import type { LogExpr } from '../../../logql/ast.ts';
import { evaluateLogs } from '../../../logql/evaluate-logs.ts';
import { parseLogQuery } from '../../../logql/parser.ts';
import { encodeTailFrame, type LokiEntry } from '../../../wire/loki/results.ts';
import type { UpgradeHandler } from '../../http/listener.ts';
import { HttpRefusal, refuseBeyond } from '../../http/refusal.ts';
import type { LokiContext } from './context.ts';
import { NewEntries } from './new-entries.ts';
import { failIfTooManyRows, readLimit, readTime, refuse } from './params.ts';

/** Tails open at once (Loki's max_concurrent_tail_requests is 10 for a tenant, which several agents share here). */
const pollMs = 100;
/** A client that has so much to read gets no more until it has read; what it misses is reported to it. */
const maxBufferedBytes = 4 << 20;
const maxDelaySeconds = 5;
/** Lines dropped for a slow reader that are named one by one. */
const maxDropped = 1_000;
const hourMs = 3_600_000;

interface Tail {
  readonly expr: LogExpr;
  readonly startNs: bigint;
  readonly limit: number;
  readonly categorize: boolean;
}

/** Serves requests for a WebSocket on Loki's port. */
export function makeTailHandler(context: LokiContext): UpgradeHandler {
  let server: Promise<WebSocketServer> | undefined;
  let open = 0;
  return async (message, socket) => {
    const tail = readTail(message, context);
    const { bounds } = context;
    if (open >= bounds.tails)
      throw refuseBeyond(400, { limit: 'tails', bounds }, 'max concurrent tail requests limit exceeded');
    server ??= loadServer();
    const client = await shakeHands(await server, message, socket);
    open++;
    client.once('close', () => open--);
    // Whatever clients say is not listened to, but their end is.
    client.on('error', () => client.terminate());
    void follow(client, tail, context);
  };
}

async function loadServer(): Promise<WebSocketServer> {
  // Few stacks are ever tailed, so the library is loaded by the first who asks.
  const { WebSocketServer: Server } = await import('ws');
  return new Server({ noServer: true, maxPayload: 1024, perMessageDeflate: false });
}

function shakeHands(server: WebSocketServer, message: IncomingMessage, socket: Duplex): Promise<WebSocket> {
  return new Promise((resolve) => server.handleUpgrade(message, socket, Buffer.alloc(0), resolve));
}

function readTail(message: IncomingMessage, context: LokiContext): Tail {
  const url = new URL(message.url ?? '/', 'http://localhost');
  if (url.pathname !== '/loki/api/v1/tail' && url.pathname !== '/api/prom/tail')
    throw new HttpRefusal(404, `no WebSocket is served at ${url.pathname}`);
  const query = url.searchParams;
  const delay = query.get('delay_for') ?? '';
  if (delay !== '' && !/^\d+$/.test(delay))
    throw refuse(`strconv.Atoi: parsing ${JSON.stringify(delay)}: invalid syntax`);
  if (Number(delay) > maxDelaySeconds) throw refuse(`delay_for can't be greater than ${maxDelaySeconds}`);
  const limit = readLimit(query);
  failIfTooManyRows(limit, context.bounds);
  const flags = String(message.headers['x-loki-response-encoding-flags'] ?? '');
  return {
    expr: parseLogQuery(query.get('query') ?? ''),
    startNs: readTime(query.get('start') ?? '', BigInt(context.nowMs() - hourMs) * 1_000_000n),
    limit,
    categorize: flags.split(',').some((flag) => flag.trim() === 'categorize-labels'),
  };
}

async function follow(client: WebSocket, tail: Tail, context: LokiContext): Promise<void> {
  const aborter = new AbortController();
  client.once('close', () => aborter.abort());
  const stats = { lines: 0, bytes: 0 };
  const breather = { nowMs: context.nowMs, signal: aborter.signal };
  try {
    // What is there already is noted before the first turn of the event loop, so no entry is sent twice or not at all.
    const fresh = new NewEntries(tail.expr, context.store, { breather, stats, startNs: tail.startNs });
    const past = await evaluateLogs(tail.expr, context.store, {
      range: { startNs: tail.startNs, endNs: BigInt(context.nowMs() + hourMs) * 1_000_000n },
      limit: tail.limit,
      direction: 'backward',
      intervalNs: 0n,
      breather,
      stats,
    });
    send(client, past.entries.toReversed(), tail);
    while (client.readyState === client.OPEN) {
      await new Promise((resolve) => setTimeout(resolve, pollMs).unref());
      for await (const entries of fresh.read()) send(client, entries, tail);
    }
  } catch (error) {
    if (aborter.signal.aborted) return;
    client.close(1011, error instanceof Error ? error.message.slice(0, 120) : 'failed');
  }
}

function send(client: WebSocket, entries: readonly LokiEntry[], { categorize }: Tail): void {
  if (entries.length === 0 || client.readyState !== client.OPEN) return;
  const isSlow = client.bufferedAmount > maxBufferedBytes;
  const dropped = isSlow ? entries.slice(0, maxDropped) : [];
  client.send(encodeTailFrame(isSlow ? [] : entries, { categorize, dropped }));
}
