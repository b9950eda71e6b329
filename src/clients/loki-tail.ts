// Loki's tail: a WebSocket that says which lines come in. One connection; who wants to outlive it opens another.
// https://grafana.com/docs/loki/latest/reference/loki-http-api/#stream-logs
import { on } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { WebSocket } from 'ws';
import { ObsError } from '../errors/obs-error.ts';
import { decodeTailFrame, type TailFrame } from '../wire/loki/decode-tail.ts';

export interface TailQuery {
  readonly query: string;
  readonly startNs: bigint;
  /** Lines at most of those that are there already; the newest are taken. */
  readonly limit: number;
  readonly signal: AbortSignal;
}

/** There is no connection, or no more; another attempt may succeed. */
export class TailLost extends Error {}

/** A server that says nothing for so long is asked whether it is there. */
const pingMs = 15_000;
const handshakeMs = 10_000;
const maxFrameBytes = 64 << 20;
const maxReasonBytes = 2_000;

/**
 * Connects; what it yields are frames until the signal is aborted.
 * Both the promise and the frames reject with TailLost. @throws ObsError OBS_BACKEND_REFUSED for what Loki will never serve
 */
export async function openTail(url: string, of: TailQuery): Promise<AsyncIterable<TailFrame>> {
  const parameters = new URLSearchParams({ query: of.query, start: String(of.startNs), limit: String(of.limit) });
  // Few commands follow anything, so the library is loaded by those that do.
  const { WebSocket: Client } = await import('ws');
  const socket = new Client(`${url.replace(/^http/, 'ws')}/loki/api/v1/tail?${parameters}`, {
    maxPayload: maxFrameBytes,
    handshakeTimeout: handshakeMs,
    // Without it, Loki's tail leaves structured metadata out: level, trace and run of a line.
    headers: { 'X-Loki-Response-Encoding-Flags': 'categorize-labels' },
  });
  // Frames may come with the handshake: they wait here from the first on.
  const messages = on(socket, 'message', { close: ['close'] });
  of.signal.addEventListener('abort', () => socket.terminate(), { once: true });
  await waitForOpen(socket, of.query);
  return readFrames(socket, messages);
}

function waitForOpen(socket: WebSocket, query: string): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('open', () => resolve());
    socket.on('error', (error) => reject(new TailLost(error.message, { cause: error })));
    socket.once('unexpected-response', (_, answer) => {
      void readReason(answer).then((reason) => {
        reject(judgeRefusal(answer.statusCode ?? 0, reason, query));
        socket.terminate();
      });
    });
  });
}

// A server that is starting, or has enough tails, may serve the next attempt.
function judgeRefusal(status: number, reason: string, query: string): Error {
  if (status >= 500 || status === 429) return new TailLost(`${status} ${reason}`);
  return new ObsError('OBS_BACKEND_REFUSED', { server: 'Loki', status, reason, query });
}

async function readReason(answer: IncomingMessage): Promise<string> {
  let text = '';
  try {
    for await (const part of answer.setEncoding('utf8')) {
      text += String(part);
      if (text.length > maxReasonBytes) break;
    }
  } catch {
    // what came so far is the reason
  }
  return text.trim().slice(0, maxReasonBytes) || 'no reason given';
}

async function* readFrames(socket: WebSocket, messages: AsyncIterable<unknown[]>): AsyncGenerator<TailFrame> {
  const watch = watchSilence(socket);
  try {
    for await (const [data] of messages) yield decodeTailFrame(JSON.parse(String(data)));
  } catch (cause) {
    throw new TailLost(cause instanceof Error ? cause.message : 'the connection failed', { cause });
  } finally {
    clearInterval(watch);
    socket.terminate();
  }
  throw new TailLost('the connection was closed');
}

// Half a connection looks like silence for ever.
function watchSilence(socket: WebSocket): NodeJS.Timeout {
  let alive = true;
  const note = () => {
    alive = true;
  };
  socket.on('pong', note).on('message', note);
  return setInterval(() => {
    if (!alive) return socket.terminate();
    alive = false;
    socket.ping();
  }, pingMs);
}
