// Following over a socket that breaks: a tiny server stands for Loki.
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import { LokiClient } from '../../clients/loki.ts';
import { type Following, followLines } from './follow-logs.ts';

type Script = (socket: WebSocket, parameters: URLSearchParams) => void;

/** A server that treats its nth client by the nth script; a client without one is refused. */
async function serve(
  scripts: readonly Script[],
  refusal: { status: number; text: string } = { status: 503, text: 'no' },
) {
  let clients = 0;
  const server = new WebSocketServer({
    port: 0,
    host: '127.0.0.1',
    verifyClient: (_info, decide) => decide(clients < scripts.length, refusal.status, refusal.text),
  });
  server.on('connection', (socket, request) => {
    scripts[clients++]?.(socket, new URL(request.url ?? '', 'http://loki').searchParams);
  });
  await new Promise((resolve) => server.once('listening', resolve));
  onTestFinished(() => {
    for (const client of server.clients) client.terminate();
    server.close();
  });
  return new LokiClient(`http://127.0.0.1:${(server.address() as AddressInfo).port}`); // it listens on a port
}

function frame(...lines: readonly (readonly [seconds: number, text: string])[]): string {
  const values = lines.map(([seconds, text]) => [`${seconds}000000000`, text]);
  return JSON.stringify({ streams: [{ stream: { app: 'a' }, values }] });
}

function follow(loki: LokiClient, more: Partial<Following> = {}) {
  const controller = new AbortController();
  const notes: string[] = [];
  const following = {
    query: '{app="a"}',
    startMs: 0,
    limit: 10,
    signal: controller.signal,
    progress: (line: string) => notes.push(line),
    pausesMs: [1, 1],
    ...more,
  };
  return { controller, notes, lines: followLines(loki, following) };
}

it('goes on after a lost connection from a little before the last line, and shows no line twice', async () => {
  let resumedAt: string | null = null;
  const loki = await serve([
    (socket) => {
      socket.send(frame([100, 'one'], [101, 'two']));
      socket.close();
    },
    (socket, parameters) => {
      resumedAt = parameters.get('start');
      socket.send(frame([102, 'three'], [101, 'two']));
    },
  ]);
  const { controller, lines } = follow(loki);
  const seen: string[] = [];
  for await (const { line } of lines) if (seen.push(line) === 3) controller.abort();
  expect(seen).toEqual(['one', 'two', 'three']);
  expect(resumedAt).toBe('96000000000');
});

it('says how many lines the server dropped', async () => {
  const loki = await serve([
    (socket) => {
      socket.send(JSON.stringify({ streams: [], dropped_entries: [{ labels: {}, timestamp: '1' }] }));
      socket.send(frame([1, 'x']));
    },
  ]);
  const { controller, notes, lines } = follow(loki);
  for await (const _ of lines) controller.abort();
  expect(notes).toEqual(['1 lines came faster than they could be read and are missing']);
});

it('gives up when nobody answers for long', async () => {
  const { notes, lines } = follow(await serve([]));
  await expect(lines.next()).rejects.toMatchObject({ code: 'OBS_BACKEND_UNREACHABLE' });
  expect(notes).toHaveLength(1);
});

it('ends at once when the query is refused', async () => {
  const { lines } = follow(await serve([], { status: 400, text: 'parse error' }));
  await expect(lines.next()).rejects.toMatchObject({ code: 'OBS_BACKEND_REFUSED' });
});
