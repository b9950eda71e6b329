// The control interface of the running keeper.
import { expect, test } from 'vitest';
import type { JourneyRecord } from '../../src/model/journey.ts';
import type { RunRecord } from '../../src/model/run.ts';
import { startKeeper } from './keeper-process.ts';

const run: RunRecord = {
  runId: 'r-1',
  app: 'web',
  service: 'web',
  command: 'node web.js',
  cwd: '/',
  state: 'ready',
  detached: true,
  process: null,
  supervisor: { pid: 999_999, startTime: '1', bootId: 'x' },
  startedAtMs: 1,
  readyAtMs: 2,
  startupMs: 1,
  phases: [],
  endedAtMs: null,
  exitCode: null,
  signal: null,
  ports: { PORT: 1234 },
  branch: null,
  commit: null,
};
const journey: JourneyRecord = {
  journeyId: 'j-1',
  name: 'checkout',
  tags: [],
  app: null,
  runId: null,
  startedAtMs: 1,
  endedAtMs: null,
  iterations: [],
};

test.each([
  ['GET', '/obs/status'],
  ['POST', '/obs/stop'],
  ['POST', '/obs/lease'],
  ['GET', '/obs/runs'],
  ['PUT', '/obs/runs/r-1'],
  ['GET', '/obs/arrivals'],
])('%s %s wants the token', async (method, path) => {
  const keeper = await startKeeper();
  for (const authorization of ['', 'Bearer wrong', 'token-of-the-test']) {
    const response = await fetch(keeper.endpoints.otlpHttp + path, { method, headers: { authorization } });
    expect(response.status).toBe(401);
  }
});

test('the first who has its probe back tells how long the start took', async () => {
  const keeper = await startKeeper();
  for (const readyMs of [725, 840]) await keeper.control('POST', '/obs/ready', { readyMs });
  expect(keeper.readState().readyMs).toBe(725);
});

test.each([
  ['runs', 'r-1', run, { ...run, state: 'exited', endedAtMs: 5 }],
  ['journeys', 'j-1', journey, { ...journey, endedAtMs: 9 }],
] as const)('%s are inserted, replaced, and survive the death of the keeper', async (kind, id, record, later) => {
  const keeper = await startKeeper();
  await keeper.control('PUT', `/obs/${kind}/${id}`, record);
  expect((await keeper.control('GET', `/obs/${kind}`)).json).toEqual([record]);
  await keeper.control('PUT', `/obs/${kind}/${id}`, later);
  keeper.process.kill('SIGKILL');
  await keeper.gone;
  const again = await startKeeper(keeper);
  expect((await again.control('GET', `/obs/${kind}`)).json).toEqual([later]);
});

test.each([
  ['an unknown key', '/obs/runs/r-1', { ...run, extra: 1 }, 'Unrecognized key'],
  ['an id that is not that of the path', '/obs/runs/r-2', run, 'the path says "r-2"'],
  [
    'a scrape target that is no address',
    '/obs/scrapes/r-1',
    { url: 'x', intervalMs: 5, job: 'a', instance: 'b' },
    'no http address',
  ],
])('%s is refused with its reason', async (_, path, body, reason) => {
  const keeper = await startKeeper();
  const answer = await keeper.control('PUT', path, body);
  expect(answer.status).toBe(400);
  expect((answer.json as { error: { message: string } }).error.message).toContain(reason);
});

test('unknown paths and methods are told apart', async () => {
  const keeper = await startKeeper();
  expect((await keeper.control('GET', '/obs/nothing')).status).toBe(404);
  expect((await keeper.control('POST', '/obs/status')).status).toBe(405);
});
