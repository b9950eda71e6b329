// Web pages and the running keeper: pages on loopback may send telemetry and get the loader; the rest of the keeper stays
// closed to them, and all of it to the pages of others.
import { expect, test } from 'vitest';
import { type RunningKeeper, startKeeper } from './keeper-process.ts';

const page = 'http://localhost:3000';
const stranger = 'https://attacker.example';

/** Asks what a browser asks before a page's request that is not plain. */
const preflight = (url: string, origin: string, method = 'POST') =>
  fetch(url, {
    method: 'OPTIONS',
    headers: {
      origin,
      'access-control-request-method': method,
      'access-control-request-headers': 'content-type,traceparent',
    },
  });

test('a page on loopback may send telemetry, and read what became of it', async () => {
  const { endpoints } = await startKeeper();
  const asked = await preflight(endpoints.otlpTraces, page);
  expect(asked.status).toBe(204);
  expect(Object.fromEntries(asked.headers)).toMatchObject({
    'access-control-allow-origin': page,
    'access-control-allow-methods': 'POST',
    'access-control-allow-headers': 'content-type,traceparent',
    vary: 'origin',
  });
  const headers = { origin: page, 'content-type': 'application/json' };
  for (const [body, status] of [['{"resourceSpans":[]}', 200] as const, ['{', 400] as const]) {
    const sent = await fetch(endpoints.otlpTraces, { method: 'POST', headers, body });
    expect(sent.status).toBe(status);
    expect(sent.headers.get('access-control-allow-origin')).toBe(page);
  }
});

test('a page of another site gets nothing, whatever it asks for', async () => {
  const { endpoints } = await startKeeper();
  const urls = [endpoints.otlpTraces, `${endpoints.otlpHttp}/obs/browser`, `${endpoints.loki}/loki/api/v1/labels`];
  for (const url of urls) {
    expect((await preflight(url, stranger, 'GET')).status).toBe(403);
    const answer = await fetch(url, { headers: { origin: stranger } });
    expect(answer.status).toBe(403);
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
    const embedded = await fetch(url, { headers: { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' } });
    expect(embedded.status).toBe(403);
  }
});

test('pages on loopback can read neither queries nor the control interface', async () => {
  const { endpoints } = await startKeeper();
  const urls = [
    `${endpoints.loki}/loki/api/v1/labels`,
    `${endpoints.prometheus}/api/v1/labels`,
    `${endpoints.tempo}/api/search/tags`,
    `${endpoints.otlpHttp}/obs/status`,
    `${endpoints.otlpHttp}/obs/identity`,
  ];
  for (const url of urls) {
    expect((await preflight(url, page, 'GET')).status).not.toBe(204);
    const answer = await fetch(url, { headers: { origin: page } });
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
  }
});

test('the loader is a script, served without a token', async () => {
  const { endpoints } = await startKeeper();
  const answer = await fetch(`${endpoints.otlpHttp}/obs/browser.js`, { headers: { origin: page } });
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
  expect(await answer.text()).toContain('/obs/browser');
});

test('a page is told the run of the app that serves it, and any other page the stack alone', async () => {
  const keeper = await startKeeper();
  const runId = 'r-0000000000000001';
  await putRun(keeper, runId);
  const ask = async (origin: string) =>
    (await fetch(`${keeper.endpoints.otlpHttp}/obs/browser`, { headers: { origin } })).json();
  expect(await ask(page)).toMatchObject({ service: 'web-browser', attributes: { 'obs.run.id': runId } });
  const other = await ask('http://localhost:3001');
  expect(other).toMatchObject({ service: 'browser', attributes: { 'obs.worktree': keeper.worktree } });
  expect(other).not.toHaveProperty(['attributes', 'obs.run.id']);
});

async function putRun({ control }: RunningKeeper, runId: string): Promise<void> {
  const process = { pid: 1, startTime: '1', bootId: 'boot' };
  const record = {
    runId,
    app: 'web',
    service: 'web',
    command: 'npm start',
    cwd: '/',
    state: 'ready',
    detached: true,
    process,
    supervisor: process,
    startedAtMs: 0,
    readyAtMs: 0,
    startupMs: 0,
    phases: [],
    endedAtMs: null,
    exitCode: null,
    signal: null,
    ports: { PORT: 3000 },
    branch: 'main',
    commit: null,
  };
  const { status, json } = await control('PUT', `/obs/runs/${runId}`, record);
  if (status !== 200) throw new Error(`the run was answered ${status}: ${JSON.stringify(json)}`);
}
