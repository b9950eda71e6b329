// The proxy on a port of its own, before a server that notes what it was asked: what passes, what is changed, what is refused.
import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type RequestListener,
  type Server,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import WebSocket, { WebSocketServer } from 'ws';
import { BodyBudget } from '../http/body.ts';
import { prometheusError } from '../http/error-shape.ts';
import { makeListener } from '../http/listener.ts';
import { HttpRefusal } from '../http/refusal.ts';
import { makeHttpPort } from '../http/shared-port.ts';
import { closeAll } from '../listeners.ts';
import type { QueryNarrower } from '../tenancy/tenancy.ts';
import { makeProxy } from './proxy.ts';
import { makeTunnels } from './tunnel.ts';

const asItCame: QueryNarrower = { narrow: (question) => question };

async function listen(server: Server): Promise<string> {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`; // a TCP server has a port
}

interface Asked {
  readonly line: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** A server behind a proxy; `asked` is what reached it. */
async function makePair(options: { narrower?: QueryNarrower; reply?: RequestListener; url?: string } = {}) {
  const asked: Asked[] = [];
  const behind = createServer((message, response) => {
    let body = '';
    message.on('data', (chunk) => (body += chunk));
    message.on('end', () => {
      asked.push({ line: `${message.method} ${message.url}`, headers: message.headers, body });
      if (options.reply !== undefined) return options.reply(message, response);
      response.writeHead(200, { 'x-of-server': 'yes', 'keep-alive': 'timeout=1' }).end('answer');
    });
  });
  const url = options.url ?? (await listen(behind));
  const upstream = { name: 'Prometheus', url, headers: () => ({ Authorization: 'Bearer of-the-keeper' }) };
  const proxied = { upstream, narrower: options.narrower ?? asItCame };
  const refusals: { status: number; reason: string }[] = [];
  const listener = makeListener({
    routes: [{ method: 'POST', path: '/api/v1/write', handler: () => ({ status: 204, body: '' }) }],
    rest: makeProxy(proxied),
    upgrade: makeTunnels(proxied),
    shapeError: prometheusError,
    extraHosts: new Set(),
    bodyBudget: new BodyBudget(),
    notReady: () => undefined,
    onRequest: () => undefined,
    onRefusal: (refusal) => refusals.push(refusal),
    onBug: (error) => {
      throw error;
    },
  });
  return { front: await listen(listener), port: makeHttpPort(listener), behind, asked, refusals };
}

test('a question passes byte for byte, with the headers of the keeper and without those of the connection', async () => {
  const { front, asked } = await makePair();
  const headers = { authorization: 'Bearer of-the-client', 'x-scope-orgid': 'other', 'x-own': '1' };
  const got = await fetch(`${front}/api/v1/query?query=up%7Ba%3D%22b%22%7D&time=1`, { headers });
  expect([got.status, await got.text(), got.headers.get('x-of-server')]).toEqual([200, 'answer', 'yes']);
  expect(asked).toMatchObject([
    {
      line: 'GET /api/v1/query?query=up%7Ba%3D%22b%22%7D&time=1',
      headers: { 'x-own': '1', authorization: 'Bearer of-the-keeper' },
    },
  ]);
  expect(asked[0]?.headers).not.toHaveProperty('x-scope-orgid');
});

test('forms, HEAD and statuses pass, too', async () => {
  const { front, asked } = await makePair({ reply: (_message, response) => void response.writeHead(422).end('no') });
  const body = new URLSearchParams({ query: 'up' });
  expect((await fetch(`${front}/api/v1/query`, { method: 'POST', body })).status).toBe(422);
  expect((await fetch(`${front}/api/v1/query`, { method: 'HEAD' })).status).toBe(422);
  expect(asked).toMatchObject([{ line: 'POST /api/v1/query', body: 'query=up' }, { line: 'HEAD /api/v1/query' }]);
});

test('an answer streams: its first part is there before the last one is written', async () => {
  let finish: () => void = () => undefined;
  const { front } = await makePair({
    reply: (_message, response) => {
      response.write('first');
      finish = () => response.end('last');
    },
  });
  const reader = (await fetch(`${front}/stream`)).body?.getReader();
  expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe('first');
  finish();
  expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe('last');
});

test('a narrower changes what is asked and what is answered', async () => {
  const narrower: QueryNarrower = {
    narrow: (question) => ({
      ...question,
      query: new URLSearchParams([...question.query, ['own', 'a b']]),
      changeAnswer: (answer) => ({ ...answer, body: Buffer.from(`${answer.body}, changed`) }),
    }),
  };
  const { front, asked } = await makePair({ narrower });
  const got = await fetch(`${front}/api/v1/labels?x=1`);
  expect([await got.text(), got.headers.get('content-length')]).toEqual(['answer, changed', '15']);
  expect(asked).toMatchObject([{ line: 'GET /api/v1/labels?x=1&own=a+b', headers: { 'accept-encoding': 'identity' } }]);
});

test('what a narrower refuses never reaches the server, and is refused in the words of the API', async () => {
  const narrower: QueryNarrower = {
    narrow: () => {
      throw new HttpRefusal(400, 'not yours');
    },
  };
  const { front, asked, refusals } = await makePair({ narrower });
  const got = await fetch(`${front}/api/v1/query?query=up`);
  expect([got.status, await got.json()]).toEqual([400, { status: 'error', errorType: 'bad_data', error: 'not yours' }]);
  expect(asked).toEqual([]);
  expect(refusals).toMatchObject([{ status: 400, reason: 'not yours' }]);
});

test('a server that does not answer is named, in the shape of its API', async () => {
  const { front } = await makePair({ url: 'http://127.0.0.1:1' });
  const got = await fetch(`${front}/api/v1/query?query=up`);
  expect(got.status).toBe(502);
  expect(await got.json()).toMatchObject({
    status: 'error',
    errorType: 'unavailable',
    error: expect.stringMatching(/^Prometheus does not answer at http:\/\/127\.0\.0\.1:1: /),
  });
});

test.each([
  ['a page of another origin', 'GET', '/api/v1/query', { origin: 'https://example.org' }, 403],
  ['a foreign host', 'GET', '/api/v1/query', { host: 'example.org' }, 403],
  ['a method that asks nothing', 'DELETE', '/api/v1/series', {}, 405],
  ['a way in that would not be masked', 'POST', '/api/prom/push', {}, 404],
])('%s does not get through', async (_name, method, path, headers, status) => {
  const { front, asked } = await makePair();
  const got = await new Promise<number | undefined>((resolve) =>
    httpRequest(`${front}${path}`, { method, headers }, (answer) => resolve(answer.statusCode)).end(),
  );
  expect(got).toBe(status);
  expect(asked).toEqual([]);
});

test('routes of the port are answered by the keeper', async () => {
  const { front, asked } = await makePair();
  expect((await fetch(`${front}/api/v1/write`, { method: 'POST', body: 'x' })).status).toBe(204);
  expect(asked).toEqual([]);
});

test('a WebSocket is opened on the server, and messages pass both ways', async () => {
  const { front, behind } = await makePair();
  const sockets = new WebSocketServer({ server: behind });
  sockets.on('connection', (socket, { url }) => socket.on('message', (text) => socket.send(`${url} ${text}`)));
  const client = new WebSocket(`${front.replace('http', 'ws')}/loki/api/v1/tail?query=a`);
  onTestFinished(() => client.terminate());
  const received = await new Promise<string>((resolve, reject) => {
    client.on('error', reject);
    client.on('open', () => client.send('hello'));
    client.on('message', (text) => resolve(String(text)));
  });
  expect(received).toBe('/loki/api/v1/tail?query=a hello');
});

test('an open WebSocket does not keep a port from closing', async () => {
  const { front, port, behind } = await makePair();
  new WebSocketServer({ server: behind });
  const client = new WebSocket(`${front.replace('http', 'ws')}/loki/api/v1/tail`);
  await new Promise((resolve) => client.on('open', resolve));
  const closed = new Promise((resolve) => client.on('close', resolve));
  await closeAll([port]);
  await closed;
});

test('a handshake that the server refuses is refused with its status and words', async () => {
  const { front } = await makePair({ reply: (_message, response) => void response.writeHead(400).end('bad tail') });
  const client = new WebSocket(`${front.replace('http', 'ws')}/loki/api/v1/tail`);
  const status = await new Promise((resolve) => {
    client.on('unexpected-response', (_request, answer) => resolve(answer.statusCode));
    client.on('error', () => undefined);
  });
  expect(status).toBe(400);
});
