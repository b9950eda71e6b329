// Engines that answer, refuse or keep silent, as sockets that the test opens.
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { configSchema } from '../../../config/schema.ts';
import { chooseRuntime } from '../../choose.ts';
import { findEngine } from './connect.ts';

let folder: string;
const servers: Server[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'obs-engine-'));
});
afterEach(async () => {
  for (const server of servers.splice(0)) await new Promise((done) => server.close(done));
  rmSync(folder, { recursive: true });
});

async function listen(name: string, server: Server): Promise<string> {
  servers.push(server);
  const path = join(folder, name);
  await new Promise<void>((done) => server.listen(path, done));
  return `unix://${path}`;
}

/** The few paths of the engine's API that a choice needs; it has no images. */
function makeEngine(name = 'Docker/99.1 (linux)'): Server {
  return createHttpServer((request, response) => {
    const isPing = request.url === '/_ping';
    response.writeHead(isPing ? 200 : 404, { server: name, connection: 'close' });
    response.end(isPing ? 'OK' : JSON.stringify({ message: 'no such image' }));
  });
}

/** Accepts and never answers. */
function makeSilent(): Server {
  return createServer((socket) => socket.on('error', () => {}).resume());
}

const auto = (env: Record<string, string>) =>
  chooseRuntime('auto', { ...configSchema.parse({}), pull: false, grafana: false, env });

test.each([
  { header: 'Docker/99.1 (linux)', name: 'Docker 99.1' },
  { header: 'Libpod/5.4.0 (linux)', name: 'Podman 5.4.0' },
  { header: '', name: 'an engine' },
])('an engine that answers is named with version and address: $name', async ({ header, name }) => {
  const host = await listen('engine.sock', makeEngine(header));
  expect(await findEngine({ DOCKER_HOST: host })).toMatchObject({ title: `${name} at ${join(folder, 'engine.sock')}` });
});

const failures = [
  { name: 'a missing socket', host: async () => 'unix:///nonexistent/docker.sock', reason: 'there is no such socket' },
  { name: 'a silent socket', host: () => listen('silent.sock', makeSilent()), reason: 'did not answer within 2000 ms' },
  { name: 'another machine', host: async () => 'tcp://198.51.100.7:2375', reason: 'is another machine' },
];

test.each(failures)('$name is told as such, and auto takes embedded', async ({ host, reason }) => {
  const env = { DOCKER_HOST: await host() };
  await expect(findEngine(env)).rejects.toMatchObject({
    code: 'OBS_DOCKER_NO_ENGINE',
    why: expect.stringContaining(reason),
    fix: 'obs up --runtime embedded',
  });
  const choice = await auto(env);
  expect(choice.runtime.name).toBe('embedded');
  expect(choice.reason).toContain(reason);
});

test('an engine without the images is left alone by auto', async () => {
  const choice = await auto({ DOCKER_HOST: await listen('engine.sock', makeEngine()) });
  expect(choice.runtime.name).toBe('embedded');
  expect(choice.reason).toMatch(
    /^auto: Docker 99\.1 at .* lacks .*loki.*; docker instead: obs up --runtime docker --pull$/,
  );
});
