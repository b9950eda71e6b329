// The keeper as a process: ports, state file, lease, worktree, signals.
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { identitySchema, keeperStatusSchema, listenerRoles } from '../../src/model/keeper-api.ts';
import { stackStateSchema } from '../../src/model/stack-state.ts';
import { makeStackFolder, type RunningKeeper, spawnKeeper, startKeeper } from './keeper-process.ts';

const roleUrls = (basePort: number) =>
  listenerRoles.map((role, i) => [role, `http://127.0.0.1:${basePort + i}`] as const);

test('each of the five ports says who it is', async () => {
  const keeper = await startKeeper();
  for (const [role, url] of roleUrls(keeper.basePort)) {
    const identity = identitySchema.parse(await (await fetch(`${url}/obs/identity`)).json());
    expect(identity).toMatchObject({ product: 'obs', role, pid: keeper.process.pid, worktree: keeper.worktree });
  }
});

test('a ready keeper owns its state file, which stays private', async () => {
  const keeper = await startKeeper();
  const state = stackStateSchema.parse(keeper.readState());
  expect(state).toMatchObject({ state: 'ready', keeper: { pid: keeper.process.pid } });
  expect(statSync(join(keeper.dir, 'state.json')).mode & 0o777).toBe(0o600);
  expect(keeperStatusSchema.parse((await keeper.control('GET', '/obs/status')).json)).toMatchObject({
    state: 'ready',
    warnings: [],
  });
});

test.each(['SIGTERM', 'SIGINT'] as const)('%s ends the keeper cleanly', async (signal) => {
  const keeper = await startKeeper();
  keeper.process.kill(signal);
  expect(await keeper.gone).toBe(0);
  expect(keeper.readState()).toMatchObject({ state: 'stopped', keeper: null });
  await expect(fetch(`${keeper.endpoints.loki}/obs/identity`)).rejects.toThrow();
});

test('a stop request is answered before the keeper ends', async () => {
  const keeper = await startKeeper();
  expect((await keeper.control('POST', '/obs/stop', { reason: 'the test is over' })).status).toBe(202);
  expect(await keeper.gone).toBe(0);
  expect(keeper.readLog()).toContain('the test is over');
});

test('a stop does not wait for idle connections or for a client that never sends its body', async () => {
  const keeper = await startKeeper();
  const { Socket } = await import('node:net');
  const slow = new Socket();
  slow.on('error', () => undefined);
  slow.connect(keeper.basePort + 3, '127.0.0.1');
  slow.write('POST /v1/logs HTTP/1.1\r\nhost: localhost\r\ncontent-length: 100\r\n\r\nhalf');
  const silent = new Socket();
  silent.on('error', () => undefined);
  silent.connect(keeper.basePort + 4, '127.0.0.1');
  await keeper.control('POST', '/obs/stop', {});
  expect(await keeper.gone).toBe(0);
});

test('an idle stack ends with its lease and keeps its data', async () => {
  const keeper = spawnKeeper(await makeStackFolder({ lease: { ttlMs: 400, expiresAtMs: 0 } }));
  expect(await keeper.gone).toBe(0);
  expect(keeper.readState()).toMatchObject({ state: 'stopped', keeper: null });
  expect(keeper.readLog()).toContain('the lease ran out');
});

test('queries keep a stack alive beyond its idle time', async () => {
  const keeper = await startKeeper(await makeStackFolder({ lease: { ttlMs: 3000, expiresAtMs: 0 } }));
  for (let i = 0; i < 16; i++) {
    expect((await fetch(`${keeper.endpoints.loki}/loki/api/v1/labels`)).status).toBe(200);
    await new Promise((done) => setTimeout(done, 250));
  }
  expect(await keeper.gone).toBe(0);
});

const noUses: readonly (readonly [string, (keeper: RunningKeeper) => Promise<unknown>])[] = [
  ['being asked who it is', (keeper) => fetch(`${keeper.endpoints.loki}/obs/identity`)],
  ['being asked whether it is ready', (keeper) => fetch(`${keeper.endpoints.tempo}/ready`)],
  ['what ps asks', (keeper) => keeper.control('GET', '/obs/status')],
];

test.each(noUses)('%s does not keep a stack alive', async (_, ask) => {
  const keeper = await startKeeper(await makeStackFolder({ lease: { ttlMs: 2000, expiresAtMs: 0 } }));
  // The keeper goes in the middle of it.
  const asking = setInterval(() => void ask(keeper).catch(() => undefined), 50);
  expect(await keeper.gone).toBe(0);
  clearInterval(asking);
});

test('scraping an app does not keep a stack alive', async () => {
  const keeper = await startKeeper(await makeStackFolder({ lease: { ttlMs: 2000, expiresAtMs: 0 } }));
  let scrapes = 0;
  const app = createHttpServer((_request, response) => {
    scrapes += 1;
    response.end('up_time 1\n');
  }).listen(0, '127.0.0.1');
  await new Promise((done) => app.once('listening', done));
  const { port } = app.address() as AddressInfo; // it listens on a port
  const target = { url: `http://127.0.0.1:${port}/metrics`, intervalMs: 50, job: 'app', instance: 'app' };
  await keeper.control('PUT', '/obs/scrapes/r-1', target);
  expect(await keeper.gone).toBe(0);
  app.close();
  expect(scrapes).toBeGreaterThan(0);
});

test('a keeper whose worktree is gone removes itself and its data', async () => {
  const keeper = await startKeeper();
  rmSync(keeper.worktree, { recursive: true });
  expect(await keeper.gone).toBe(0);
  expect(existsSync(keeper.dir)).toBe(false);
});

test('another directory at the path of the worktree counts as gone', async () => {
  const keeper = await startKeeper();
  renameSync(keeper.worktree, `${keeper.worktree}-moved`);
  mkdirSync(keeper.worktree);
  expect(await keeper.gone).toBe(0);
  expect(existsSync(keeper.dir)).toBe(false);
});

const errorOf = (log: string) => JSON.parse(log.trim().split('\n').at(-1) ?? '{}').error;

test('a taken port is named, and the ports bound before it are free again', async () => {
  const folder = await makeStackFolder();
  const squatter = createServer().listen(folder.basePort + 2, '127.0.0.1');
  await new Promise((done) => squatter.once('listening', done));
  const keeper = spawnKeeper(folder);
  expect(await keeper.gone).toBe(4);
  squatter.close();
  expect(errorOf(folder.readLog())).toMatchObject({
    code: 'OBS_KEEPER_PORT_TAKEN',
    data: { port: folder.basePort + 2, role: 'tempo' },
  });
});

test('a port that is let go of in a moment is waited for', async () => {
  const folder = await makeStackFolder();
  const squatter = createServer().listen(folder.basePort + 2, '127.0.0.1');
  await new Promise((done) => squatter.once('listening', done));
  setTimeout(() => squatter.close(), 250);
  expect((await (await startKeeper(folder)).control('GET', '/obs/status')).status).toBe(200);
});

test.each([
  ['is gone', (file: string) => rmSync(file)],
  [
    'tells of another start',
    (file: string, state: object) => writeFileSync(file, JSON.stringify({ ...state, token: 'x' })),
  ],
])('a keeper whose state file %s ends, and writes nothing more', async (_, change) => {
  const keeper = await startKeeper();
  const file = join(keeper.dir, 'state.json');
  change(file, keeper.readState());
  const before = existsSync(file) ? readFileSync(file, 'utf8') : undefined;
  expect(await keeper.gone).toBe(0);
  expect(existsSync(file) ? readFileSync(file, 'utf8') : undefined).toBe(before);
});

test('of two keepers on one stack the second gives up and leaves the state alone', async () => {
  const first = await startKeeper();
  const second = spawnKeeper(first);
  expect(await second.gone).toBe(4);
  expect(first.readState()).toMatchObject({ state: 'ready', keeper: { pid: first.process.pid } });
  expect((await first.control('GET', '/obs/status')).status).toBe(200);
});

test.each([
  ['of a newer version', (text: string) => text.replace('"version":1', '"version":99'), 'its version is 99'],
  ['cut in half', (text: string) => text.slice(0, text.length / 2), 'JSON'],
  ['with a wrong field', (text: string) => text.replace('"runs":[]', '"runs":7'), 'runs'],
])('a state file %s is refused and left as it is', async (_, change, reason) => {
  const folder = await makeStackFolder();
  const path = join(folder.dir, 'state.json');
  const text = change(readFileSync(path, 'utf8'));
  writeFileSync(path, text);
  expect(await spawnKeeper(folder).gone).toBe(4);
  expect(errorOf(folder.readLog())).toMatchObject({ code: 'OBS_KEEPER_STATE_UNREADABLE' });
  expect(errorOf(folder.readLog()).data.reason).toContain(reason);
  expect(readFileSync(path, 'utf8')).toBe(text);
});

test('inherited OTEL_ settings do not reach into the keeper', async () => {
  const keeper = await startKeeper(undefined, {
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9',
    OTEL_TRACES_EXPORTER: 'bogus',
  });
  expect((await keeper.control('GET', '/obs/status')).status).toBe(200);
  expect(keeper.readLog().trim().split('\n')).toHaveLength(1);
});
