// Bad and hostile requests to the running keeper: each has an answer that names what is wrong, and the keeper lives on.
import { request as httpRequest } from 'node:http';
import { connect, Socket } from 'node:net';
import { deflateSync, gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { decodeStatus } from '../../src/wire/otlp/response.ts';
import { type RunningKeeper, startKeeper } from './keeper-process.ts';

const json = { 'content-type': 'application/json' };
const protobuf = { 'content-type': 'application/x-protobuf' };
const empty = '{"resourceLogs":[]}';
const mebibyte = 1024 * 1024;

const post = (url: string, headers: Record<string, string>, body: Uint8Array | string) =>
  fetch(url, { method: 'POST', headers, body });
const livesOn = async (keeper: RunningKeeper) =>
  expect((await post(keeper.endpoints.otlpLogs, json, empty)).status).toBe(200);

test.each([
  ['malformed JSON', json, '{', 400, 'malformed OTLP json: no JSON'],
  ['a wrong shape', json, '{"resourceLogs":{}}', 400, 'resourceLogs: expected an array'],
  ['an unknown content type', { 'content-type': 'text/plain' }, empty, 415, 'application/x-protobuf, application/json'],
  ['no gzip under the name of gzip', { ...json, 'content-encoding': 'gzip' }, empty, 400, 'the body is no gzip'],
  ['an unknown encoding', { ...json, 'content-encoding': 'br' }, empty, 415, 'use gzip, deflate or none'],
])('%s is refused in the form of the question', async (_, headers, body, status, reason) => {
  const keeper = await startKeeper();
  const response = await post(keeper.endpoints.otlpLogs, headers, body);
  expect(response.status).toBe(status);
  expect(((await response.json()) as { message: string }).message).toContain(reason);
  const { json: arrivals } = await keeper.control('GET', '/obs/arrivals');
  expect(arrivals).toMatchObject({ refusals: [{ path: '/v1/logs', status, reason: expect.stringContaining(reason) }] });
  await livesOn(keeper);
});

test('a refused protobuf request is answered with a protobuf status', async () => {
  const keeper = await startKeeper();
  const response = await post(keeper.endpoints.otlpTraces, protobuf, Buffer.from('ffff', 'hex'));
  expect(response.status).toBe(400);
  const status = decodeStatus(Buffer.from(await response.arrayBuffer()));
  expect(status.code).toBe(3);
  expect(status.message).toContain('malformed OTLP protobuf');
});

test('a body of 100 MB is refused with the name of the limit, announced or not', async () => {
  const keeper = await startKeeper();
  const chunk = Buffer.alloc(1024 * 1024, ' ');
  for (const announced of [true, false]) {
    const { status, text } = await new Promise<{ status: number | undefined; text: string }>((resolve, reject) => {
      const headers = { ...json, ...(announced ? { 'content-length': String(100 * chunk.length) } : {}) };
      const request = httpRequest(keeper.endpoints.otlpLogs, { method: 'POST', headers }, (response) => {
        let text = '';
        response.on('data', (part) => (text += part));
        response.on('end', () => resolve({ status: response.statusCode, text }));
      });
      request.on('error', reject);
      for (let i = 0; i < 100; i++) request.write(chunk);
      request.end();
    });
    expect(status).toBe(413);
    expect(text).toContain('limit: body size, 32 MiB');
  }
  await livesOn(keeper);
});

test.each([
  ['announced', `content-length: ${48 * mebibyte}\r\n`],
  ['not announced', 'transfer-encoding: chunked\r\n'],
])('a sender whose body is refused, %s, may send all of it before the connection ends', async (_, header) => {
  const keeper = await startKeeper();
  const { hostname, port, pathname } = new URL(keeper.endpoints.otlpLogs);
  const socket = connect({ port: Number(port), host: hostname, allowHalfOpen: true });
  let answer = '';
  socket.on('data', (part) => (answer += part));
  const ended = new Promise<string>((resolve) => {
    socket.once('end', () => resolve('in peace'));
    socket.once('error', ({ message }) => resolve(message));
  });
  const send = (text: string) =>
    new Promise<void>((resolve, reject) => socket.write(text, (error) => (error ? reject(error) : resolve())));
  const isChunked = header.startsWith('transfer');
  const part = ' '.repeat(mebibyte);
  await send(
    `POST ${pathname} HTTP/1.1\r\nhost: ${hostname}:${port}\r\ncontent-type: application/json\r\n${header}\r\n`,
  );
  for (let sent = 0; sent < 48; sent++) {
    await send(isChunked ? `${mebibyte.toString(16)}\r\n${part}\r\n` : part);
    // From here on the answer is there before the rest of the body.
    if (sent === 36) await expect.poll(() => answer).toContain('limit: body size, 32 MiB');
  }
  if (isChunked) await send('0\r\n\r\n');
  expect(await ended).toBe('in peace');
  expect(answer).toMatch(/^HTTP\/1.1 413 /);
  socket.destroy();
  await livesOn(keeper);
});

test.each([
  ['gzip', gzipSync],
  ['deflate', deflateSync],
])('a %s bomb is stopped at the limit', async (encoding, compress) => {
  const keeper = await startKeeper();
  const bomb = compress(Buffer.alloc(200 * 1024 * 1024), { level: 9 });
  const response = await post(keeper.endpoints.otlpMetrics, { ...json, 'content-encoding': encoding }, bomb);
  expect(response.status).toBe(413);
  expect(await response.text()).toContain(
    'too large when decompressed (limit: decompressed body size, 32 MiB; limits.decompressedBody in obs.yaml)',
  );
  await livesOn(keeper);
});

test('many bombs at once are all stopped, and do not fill the memory', async () => {
  const keeper = await startKeeper();
  const bomb = gzipSync(Buffer.alloc(200 * 1024 * 1024), { level: 9 });
  const headers = { ...json, 'content-encoding': 'gzip' };
  const sent = Array.from({ length: 20 }, () => post(keeper.endpoints.otlpMetrics, headers, bomb));
  expect(new Set((await Promise.all(sent)).map(({ status }) => status))).toEqual(new Set([413]));
  const { json: status } = await keeper.control('GET', '/obs/status');
  expect((status as { rssBytes: number }).rssBytes).toBeLessThan(500 * 1024 * 1024);
});

test.each([
  ['a foreign host', { host: 'attacker.example' }, 'attacker.example'],
  ['no host', { host: '' }, 'is not this machine'],
  ['a foreign origin', { origin: 'https://attacker.example' }, 'attacker.example'],
  ['an opaque origin', { origin: 'null' }, '"null"'],
])('%s is refused on every port', async (_, headers, reason) => {
  const keeper = await startKeeper();
  for (let offset = 0; offset < 5; offset++) {
    const answer = await rawGet(keeper.basePort + offset, '/obs/identity', headers);
    expect(answer).toMatch(/^HTTP\/1\.1 403 /);
    expect(answer.replaceAll('\\"', '"')).toContain(reason);
  }
});

test.each<Record<string, string>>([
  { host: 'localhost:1' },
  { host: '[::1]' },
  { host: '127.0.0.1', origin: 'http://localhost:3000' },
])('%o may ask', async (headers) => {
  const keeper = await startKeeper();
  expect(await rawGet(keeper.basePort, '/obs/identity', headers)).toMatch(/^HTTP\/1\.1 200 /);
});

test('noise instead of HTTP is answered with 400', async () => {
  const keeper = await startKeeper();
  for (const offset of [3, 4])
    expect(await raw(keeper.basePort + offset, '\x16\x03\x01\x00\xa5\r\n\r\n')).toMatch(/ 400 /);
  await livesOn(keeper);
});

test('a client that goes away in the middle of its body costs nothing', async () => {
  const keeper = await startKeeper();
  const socket = new Socket().connect(keeper.basePort + 3, '127.0.0.1');
  socket.write('POST /v1/logs HTTP/1.1\r\nhost: localhost\r\ncontent-length: 1000\r\n\r\nhalf');
  await new Promise((done) => setTimeout(done, 50));
  socket.destroy();
  await livesOn(keeper);
});

function rawGet(port: number, path: string, headers: Record<string, string>): Promise<string> {
  const lines = Object.entries({ host: '127.0.0.1', connection: 'close', ...headers }).map(
    ([k, v]) => `${k}: ${v}\r\n`,
  );
  return raw(port, `GET ${path} HTTP/1.1\r\n${lines.join('')}\r\n`);
}

function raw(port: number, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = new Socket().connect(port, '127.0.0.1');
    let text = '';
    socket.on('data', (part) => (text += part));
    socket.on('close', () => resolve(text));
    socket.on('error', reject);
    socket.write(Buffer.from(bytes, 'latin1'));
  });
}
