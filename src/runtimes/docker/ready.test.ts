// Waiting for a server in a container, with a fake of the engine's API and of the server.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import Dockerode from 'dockerode';
import { afterEach, expect, test } from 'vitest';
import { findFreePorts } from '../../std/free-ports.ts';
import { waitUntilReady } from './ready.ts';

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await new Promise((done) => server.close(done));
});

async function listen(server: Server): Promise<number> {
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  // It listens on TCP, so the address is one of a port.
  return (server.address() as AddressInfo).port;
}

/** An engine with one container, whose state and log are given. */
async function makeEngine(state: Record<string, unknown>, log = '') {
  const frame = Buffer.concat([Buffer.from([2, 0, 0, 0, 0, 0, 0, log.length]), Buffer.from(log)]);
  const server = createServer((request, response) => {
    const isLog = request.url?.includes('/logs') === true;
    response.writeHead(200, { connection: 'close' }).end(isLog ? frame : JSON.stringify({ State: state }));
  });
  const port = await listen(server);
  const docker = new Dockerode({ host: '127.0.0.1', port, protocol: 'http', socketPath: undefined });
  return { docker, title: 'an engine', place: { kind: 'tcp', host: '127.0.0.1', port, tls: null } as const };
}

const makeContainer = (port: number) => ({
  role: 'loki' as const,
  id: 'c1',
  name: 'obs-x-loki-1',
  image: 'some/loki',
  urls: {},
  url: `http://127.0.0.1:${port}`,
});

const { signal } = new AbortController();
const progress = () => {};

test('is over when the server says that it is ready', async () => {
  let asked = 0;
  const port = await listen(
    createServer((_, response) => {
      asked += 1;
      response.writeHead(asked < 3 ? 503 : 200, { connection: 'close' }).end();
    }),
  );
  await waitUntilReady(makeContainer(port), { engine: await makeEngine({ Running: true }), progress, signal });
  expect(asked).toBe(3);
});

test('fails as soon as the container has ended, with the reason and its last lines', async () => {
  const [port = 0] = await findFreePorts(1);
  const engine = await makeEngine({ Running: false, OOMKilled: false, Error: '', ExitCode: 1 }, 'field x not found\n');
  await expect(waitUntilReady(makeContainer(port), { engine, progress, signal })).rejects.toMatchObject({
    code: 'OBS_CONTAINER_NOT_READY',
    message: expect.stringMatching(/^loki \(some\/loki\) was not ready after \d+ ms: ended with code 1$/),
    why: expect.stringContaining('field x not found'),
  });
});

test('says that the memory limit was too low where that is the reason', async () => {
  const [port = 0] = await findFreePorts(1);
  const engine = await makeEngine({ Running: false, OOMKilled: true, Error: '', ExitCode: 137 });
  await expect(waitUntilReady(makeContainer(port), { engine, progress, signal })).rejects.toMatchObject({
    message: expect.stringContaining('docker.memory in obs.yaml'),
  });
});

test('gives up on a published port that refuses every connection while the container runs', async () => {
  const [port = 0] = await findFreePorts(1);
  const engine = await makeEngine({ Running: true });
  const waiting = waitUntilReady(makeContainer(port), { engine, progress, signal, refusedTimeoutMs: 400 });
  await expect(waiting).rejects.toMatchObject({ code: 'OBS_DOCKER_PORTS_UNREACHABLE' });
});
