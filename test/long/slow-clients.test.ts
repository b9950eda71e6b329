// Clients that write or read too slowly, or not at all, are let go, and hold up nobody meanwhile. Only what happens is asked,
// not when.
import { once } from 'node:events';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { BodyBudget } from '../../src/keeper/http/body.ts';
import { plainTextError } from '../../src/keeper/http/error-shape.ts';
import { makeListener } from '../../src/keeper/http/listener.ts';

const largeBytes = 64 * 1024 * 1024;

async function start() {
  const server = makeListener({
    routes: [
      { method: 'POST', path: '/in', handler: () => ({ status: 204, body: '' }) },
      { method: 'GET', path: '/large', handler: () => ({ status: 200, body: Buffer.alloc(largeBytes) }) },
      { method: 'GET', path: '/small', handler: () => ({ status: 200, body: 'well' }) },
    ],
    patience: { headersTimeoutMs: 1_500, requestTimeoutMs: 2_000, unreadTimeoutMs: 1_000, checkMs: 50 },
    shapeError: plainTextError,
    extraHosts: new Set(),
    bodyBudget: new BodyBudget(),
    notReady: () => undefined,
    onRequest: () => undefined,
    onRefusal: () => undefined,
    onBug: () => undefined,
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.closeAllConnections());
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo; // it listens on a port
  return { port, countConnections: () => promisify(server.getConnections.bind(server))() };
}

function open(port: number, text: string): Socket {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  onTestFinished(() => void socket.destroy());
  socket.write(text);
  return socket;
}

const ask = async (port: number) =>
  (await fetch(`http://127.0.0.1:${port}/small`, { headers: { connection: 'close' } })).text();

test.each([
  ['headers that never end', 'GET /small HTTP/1.1\r\nhost: 127.0.0.1\r\nx: '],
  ['a body that never ends', 'POST /in HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 10\r\n\r\nhalf'],
  ['chunks that never end', 'POST /in HTTP/1.1\r\nhost: 127.0.0.1\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n'],
  ['a body that trickles', 'POST /in HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 100000\r\n\r\n'],
])('%s are ended, and others are answered meanwhile', async (name, text) => {
  const { port } = await start();
  const socket = open(port, text);
  const trickle = name.endsWith('trickles') ? setInterval(() => socket.write('x'), 20) : undefined;
  socket.resume();
  expect(await ask(port)).toBe('well');
  await once(socket, 'close');
  clearInterval(trickle);
});

test('an answer that nobody reads is let go, and others are answered meanwhile', async () => {
  const { port, countConnections } = await start();
  const socket = open(port, 'GET /large HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n');
  await once(socket, 'readable');
  expect(await ask(port)).toBe('well');
  while ((await countConnections()) > 0) await new Promise((done) => setTimeout(done, 50));
  // What was on the way can still be read.
  let readBytes = 0;
  socket.on('data', (chunk: Buffer) => (readBytes += chunk.length));
  await once(socket, 'close');
  expect(readBytes).toBeLessThan(largeBytes);
});

test('many idle connections are held, and others are answered meanwhile', async () => {
  const { port } = await start();
  const idle = Array.from({ length: 200 }, () => connect(port, '127.0.0.1'));
  onTestFinished(() => idle.forEach((socket) => void socket.destroy()));
  await Promise.all(idle.map((socket) => once(socket, 'connect')));
  expect(await ask(port)).toBe('well');
});
