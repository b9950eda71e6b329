// Tailing over a real socket: what is there already, what comes later, in which order, and how it ends.

import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { fillBounds } from '../../../model/limits.ts';
import { BodyBudget } from '../../http/body.ts';
import { plainTextError } from '../../http/error-shape.ts';
import { makeListener } from '../../http/listener.ts';
import { makeHttpPort } from '../../http/shared-port.ts';
import { makeMasker } from '../../mask/mask-request.ts';
import { createLogsBackend } from './index.ts';

const nowMs = 1_700_000_600_000;
const nowNs = BigInt(nowMs) * 1_000_000n;

async function serve() {
  const backend = createLogsBackend({
    nowMs: () => nowMs,
    masker: makeMasker(),
    bounds: fillBounds(),
    limits: { maxBytes: 1e9, retentionMs: 1e9 },
  });
  const { routes, upgrade } = backend;
  const server = makeListener({
    routes,
    upgrade,
    shapeError: plainTextError,
    extraHosts: new Set(),
    bodyBudget: new BodyBudget(),
    notReady: () => undefined,
    onRequest: () => undefined,
    onRefusal: () => undefined,
    onBug: (error) => expect.unreachable(String(error)),
  });
  const port = makeHttpPort(server);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(() => port.closeAllConnections());
  const base = `127.0.0.1:${(server.address() as AddressInfo).port}/loki/api/v1/tail`; // it listens on a port
  const push = (secondsAgo: number, line: string, labels: Record<string, string> = { app: 'a' }) =>
    backend.pushStore
      .prepare([
        { labels, entries: [{ timeNs: nowNs - BigInt(secondsAgo) * 1_000_000_000n, line, metadata: [['id', line]] }] },
      ])
      .commit();
  return { port, server, base, push };
}

interface Frame {
  readonly streams: readonly { readonly stream: object; readonly values: readonly (readonly string[])[] }[];
  readonly encodingFlags?: readonly string[];
}

function open(url: string, headers: Record<string, string> = {}) {
  const socket = new WebSocket(`ws://${url}`, { headers });
  onTestFinished(() => socket.terminate());
  const waiting: ((frame: Frame) => void)[] = [];
  const frames: Frame[] = [];
  socket.on('message', (data) => {
    const frame = JSON.parse(String(data)) as Frame; // what the test looks at is checked below
    const next = waiting.shift();
    if (next) next(frame);
    else frames.push(frame);
  });
  const next = () => {
    const frame = frames.shift();
    return frame ? Promise.resolve(frame) : new Promise<Frame>((resolve) => waiting.push(resolve));
  };
  const nextLines = async () => (await next()).streams.flatMap(({ values }) => values.map(([, line]) => line));
  return { socket, next, nextLines };
}

const query = (text: string, more: Record<string, string> = {}) => `?${new URLSearchParams({ query: text, ...more })}`;

it('sends the last lines first and then each that comes, late ones included, once', async () => {
  const { base, push } = await serve();
  for (const ago of [50, 40, 30]) push(ago, `old ${ago}`);
  const { nextLines } = open(base + query('{app="a"}', { limit: '2' }));
  expect(await nextLines()).toEqual(['old 40', 'old 30']);
  push(1, 'new');
  expect(await nextLines()).toEqual(['new']);
  push(45, 'late');
  push(1, 'new');
  push(1, 'of others', { app: 'b' });
  expect(await nextLines()).toEqual(['late']);
});

it('runs the stages of the query, and finds streams that begin later', async () => {
  const { base, push } = await serve();
  const { next } = open(base + query('{app=~"a|b"} |= "x" | label_format y="{{.id}}"'), {
    'X-Loki-Response-Encoding-Flags': 'categorize-labels',
  });
  await new Promise((resolve) => setTimeout(resolve, 50));
  push(3, 'no');
  push(2, 'x1', { app: 'b' });
  const frame = await next();
  expect(frame.encodingFlags).toEqual(['categorize-labels']);
  const detected = { detected_level: 'unknown' };
  expect(frame.streams).toEqual([
    {
      stream: { app: 'b', service_name: 'b' },
      values: [
        [String(nowNs - 2_000_000_000n), 'x1', { structuredMetadata: { ...detected, id: 'x1' }, parsed: { y: 'x1' } }],
      ],
    },
  ]);
});

it.each([
  ['{app="a"', 400, /parse error/],
  ['rate({app="a"}[1m])', 400, /./],
])('refuses the query %s before the handshake', async (text, status, reason) => {
  const { base } = await serve();
  const answer = await refusalOf(base + query(text));
  expect(answer).toEqual([status, expect.stringMatching(reason)]);
});

it.each([
  [{ limit: '6000' }, /max entries limit/],
  [{ delay_for: '6' }, /delay_for can't be greater than 5/],
  [{ start: 'x' }, /invalid syntax/],
])('refuses the parameters %j', async (parameters, reason) => {
  const { base } = await serve();
  expect(await refusalOf(base + query('{app="a"}', parameters as Record<string, string>))).toEqual([
    400,
    expect.stringMatching(reason),
  ]);
});

it('refuses pages of other origins', async () => {
  const { base } = await serve();
  expect(await refusalOf(base + query('{app="a"}'), { origin: 'http://evil.test' })).toEqual([403, expect.anything()]);
});

it('answers plain requests with what they are not', async () => {
  const { base } = await serve();
  const answer = await fetch(`http://${base}${query('{app="a"}')}`);
  expect(answer.status).toBe(400);
  expect(await answer.text()).toContain('websocket: the client is not using the websocket protocol');
});

it('does not keep the port from closing', async () => {
  const { base, push, server, port } = await serve();
  push(1, 'x');
  const { nextLines, socket } = open(base + query('{app="a"}'));
  await nextLines();
  const ended = new Promise((resolve) => socket.once('close', resolve));
  const closed = new Promise((resolve) => server.close(resolve));
  port.closeAllConnections();
  await expect(Promise.all([ended, closed])).resolves.toHaveLength(2);
});

function refusalOf(url: string, headers: Record<string, string> = {}): Promise<[number | undefined, string]> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`ws://${url}`, { headers });
    socket.once('open', () => reject(new Error('it was let in')));
    socket.once('error', () => undefined);
    socket.once('unexpected-response', (_, answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      answer.once('end', () => resolve([answer.statusCode, text]));
    });
  });
}
