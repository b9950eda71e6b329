// The address for browsers in front of an app of its own: pages get the tag, all else passes as it is.
import { createServer, request } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import type { Span } from '../../wire/otlp/types.ts';
import { openFront } from './front.ts';

const stack = 'http://127.0.0.1:4318';
const tag = `<script crossorigin src="${stack}/obs/browser.js"></script>`;
const navigation = { 'sec-fetch-dest': 'document', 'accept-encoding': 'gzip' };

/** An app that tells what it was asked, behind a front. */
async function start() {
  const app = createServer(async (incoming, response) => {
    const { method, url, headers } = incoming;
    if (url === '/page') {
      response.setHeader('content-security-policy', "default-src 'self'; script-src 'nonce-abc'");
      response.setHeader('set-cookie', ['a=1', 'b=2']);
      response.setHeader('content-type', 'text/html; charset=utf-8').end('<head><title>ä</title>');
    } else if (url === '/told') {
      response.setHeader('server-timing', 'db;dur=1, traceparent;desc="00-a-b-01"');
      response.setHeader('content-type', 'text/html').end('<head>');
    } else {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ method, url, headers, body: await text(incoming) }));
    }
  });
  app.on('upgrade', (_, socket, first) => {
    socket.write('HTTP/1.1 101 Switching Protocols\r\nupgrade: echo\r\nconnection: upgrade\r\n\r\n');
    socket.write(first);
    socket.pipe(socket);
  });
  await new Promise<void>((resolve) => app.listen(0, '127.0.0.1', resolve));
  const { port: appPort } = app.address() as AddressInfo;
  const pages: Span[] = [];
  const front = await openFront({ wantedPort: 0, appPort, stack, nowMs: Date.now, onPage: (span) => pages.push(span) });
  onTestFinished(() => {
    front.close();
    app.closeAllConnections();
    app.close();
  });
  return { front, pages, appPort };
}

interface Asked {
  readonly path: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

async function ask(port: number, { path, method = 'GET', headers = {}, body }: Asked) {
  return new Promise<{ status: number | undefined; headers: Record<string, unknown>; body: string }>(
    (resolve, reject) => {
      const asking = request({ host: '127.0.0.1', port, path, method, headers }, async (answer) => {
        resolve({ status: answer.statusCode, headers: answer.headers, body: await text(answer) });
      });
      asking.once('error', reject).end(body);
    },
  );
}

test('a page gets the tag, with its own nonce, and leave to load and to send', async () => {
  const { front } = await start();
  const { headers, body } = await ask(front.port, { path: '/page', headers: navigation });
  expect(body).toBe(`<head>${tag.replace('></', ' nonce="abc"></')}<title>ä</title>`);
  expect(headers).toMatchObject({
    'content-security-policy': `default-src 'self'; script-src 'nonce-abc' ${stack}; connect-src 'self' ${stack}`,
    'set-cookie': ['a=1', 'b=2'],
  });
});

test('page, app and the span of the load share a trace', async () => {
  const { front, pages } = await start();
  const { headers } = await ask(front.port, { path: '/page', headers: navigation });
  const [, traceId, spanId] = /traceparent;desc="00-(\w{32})-(\w{16})-01"/.exec(String(headers['server-timing'])) ?? [];
  expect(pages).toMatchObject([{ traceId, spanId, name: 'page load' }]);
  const asked = JSON.parse((await ask(front.port, { path: '/other', headers: navigation })).body);
  expect(asked.headers).toMatchObject({
    traceparent: expect.stringMatching(/^00-\w{32}-\w{16}-01$/),
    'accept-encoding': 'identity',
  });
});

test('an app that names the span of its page itself is believed', async () => {
  const { front } = await start();
  const { headers } = await ask(front.port, { path: '/told', headers: navigation });
  expect(headers['server-timing']).toBe('db;dur=1, traceparent;desc="00-a-b-01"');
});

test('what scripts fetch passes as it is', async () => {
  const { front, pages } = await start();
  const headers = { 'sec-fetch-dest': 'empty', 'accept-encoding': 'gzip', 'x-a': 'b' };
  const { body } = await ask(front.port, { path: '/api?q=1', method: 'POST', headers, body: 'hello' });
  const asked = JSON.parse(body);
  expect(asked).toMatchObject({ method: 'POST', url: '/api?q=1', body: 'hello', headers });
  expect(asked.headers.host).toBe(`127.0.0.1:${front.port}`);
  expect(asked.headers).not.toHaveProperty('traceparent');
  const page = await ask(front.port, { path: '/page', headers: { 'sec-fetch-dest': 'empty' } });
  expect(page.body).toBe('<head><title>ä</title>');
  expect(pages).toEqual([]);
});

test('WebSockets pass, both ways', async () => {
  const { front } = await start();
  const socket = connect(front.port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  socket.write('GET /ws HTTP/1.1\r\nhost: localhost\r\nconnection: upgrade\r\nupgrade: echo\r\n\r\n');
  let got = '';
  await new Promise<void>((resolve) =>
    socket.on('data', (chunk) => {
      got += chunk;
      if (got.endsWith('\r\n\r\n')) socket.write('ping');
      if (got.endsWith('ping')) resolve();
    }),
  );
  expect(got).toMatch(/^HTTP\/1\.1 101 /);
});

test('a foreign host is refused, and an app that is gone is said to be', async () => {
  const { front } = await start();
  const rebound = await ask(front.port, { path: '/page', headers: { host: 'attacker.example' } });
  expect(rebound).toMatchObject({ status: 403, body: expect.stringContaining('attacker.example') });
  const { front: orphan } = await startWithout();
  const answer = await ask(orphan.port, { path: '/' });
  expect(answer).toMatchObject({ status: 502, body: expect.stringContaining('the app does not answer') });
});

async function startWithout() {
  // Port 1 is nobody's.
  const front = await openFront({ wantedPort: 0, appPort: 1, stack, nowMs: Date.now, onPage: () => undefined });
  onTestFinished(front.close);
  return { front };
}

test('a port that is taken is no obstacle', async () => {
  const { appPort, front } = await start();
  const other = await openFront({ wantedPort: front.port, appPort, stack, nowMs: Date.now, onPage: () => undefined });
  onTestFinished(other.close);
  expect(other.port).not.toBe(front.port);
  expect((await ask(other.port, { path: '/page' })).status).toBe(200);
});
