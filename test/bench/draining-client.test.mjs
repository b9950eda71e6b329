// The client that drops what it receives still says when an answer is whole, and when it never will be.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DrainingClient } from './lib/draining-client.mjs';

const large = Buffer.alloc(1_000_000);
const replies = {
  '/with-a-length': (answer) => answer.writeHead(200, { 'content-length': large.length }).end(large),
  '/without-one': (answer) => {
    answer.write(large);
    setImmediate(() => answer.end(large));
  },
  '/without-any': (answer) => answer.writeHead(204).end(),
  '/refused': (answer) => answer.writeHead(400).end('no such trace'),
  '/broken-off': (answer) => {
    answer.writeHead(200, { 'content-length': large.length + 1 });
    answer.write(large, () => answer.destroy());
  },
};
let connections = 0;
const received = [];
const server = createServer((message, answer) => {
  const pieces = [];
  message.on('data', (piece) => pieces.push(piece));
  message.on('end', () => {
    received.push([message.method, message.headers['content-type'], Buffer.concat(pieces).equals(large)]);
    replies[message.url](answer);
  });
}).on('connection', () => (connections += 1));
const client = new DrainingClient();

beforeAll(() => once(server.listen(0, '127.0.0.1'), 'listening'));
afterAll(() => {
  client.close();
  server.close();
});

const urlOf = (path) => `http://127.0.0.1:${server.address().port}${path}`;
const ask = (path) => client.ask(urlOf(path));

test('answers with a length come over one connection, one without ends it', async () => {
  for (const path of ['/with-a-length', '/with-a-length', '/without-one']) await ask(path);
  expect(connections).toBe(1);
  await ask('/with-a-length');
  expect(connections).toBe(2);
});

test('bodies are handed over whole, also to who answers without one', async () => {
  received.length = 0;
  const headers = { 'content-type': 'text/x' };
  for (const path of ['/without-any', '/with-a-length']) await client.ask(urlOf(path), headers, large);
  expect(received).toEqual(Array(2).fill(['POST', 'text/x', true]));
});

test('what is refused or breaks off fails, and the next question does not', async () => {
  await expect(ask('/refused')).rejects.toThrow('no such trace');
  await ask('/with-a-length');
  await expect(ask('/broken-off')).rejects.toThrow('the answer broke off');
  await ask('/with-a-length');
});
