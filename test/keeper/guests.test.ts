// The door for apps in containers: telemetry comes in with the guest token, and nothing else can be had there.
import { expect, test } from 'vitest';
import { makeGuestToken } from '../../src/model/guest-token.ts';
import { until } from '../stack/harness.ts';
import { type RunningKeeper, startKeeper } from './keeper-process.ts';

/** An address of every Linux machine that is not 127.0.0.1, as the gateway of a bridge is. */
const gateway = '127.0.0.2';
const guest = { authorization: `Bearer ${makeGuestToken('token-of-the-test')}` };

const ask = (keeper: RunningKeeper, path: string, init: RequestInit = {}) =>
  fetch(`http://${gateway}:${keeper.basePort + 3}${path}`, init);
const post = (headers: Record<string, string>): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify({
    resourceLogs: [{ scopeLogs: [{ logRecords: [{ body: { stringValue: 'from a container' } }] }] }],
  }),
});
const countLogs = async (keeper: RunningKeeper) => {
  const { usage } = (await keeper.control('GET', '/obs/status')).json as { usage: { logs: { records: number } } };
  return usage.logs.records;
};

test.runIf(process.platform === 'linux')(
  'the gateway is open once it was asked for, and again after a crash',
  async () => {
    const keeper = await startKeeper();
    await expect(ask(keeper, '/v1/logs', post(guest))).rejects.toThrow();
    const opened = await keeper.control('POST', '/obs/listen', { address: gateway });
    expect(opened).toEqual({ status: 200, json: { address: gateway } });
    expect(keeper.readState().dockerListen).toBe(gateway);
    expect((await keeper.control('POST', '/obs/listen', { address: gateway })).status).toBe(200);
    expect((await ask(keeper, '/v1/logs', post(guest))).status).toBe(200);
    expect(await countLogs(keeper)).toBe(1);
    keeper.process.kill('SIGKILL');
    await keeper.gone;
    const again = await startKeeper(keeper);
    // The door is opened just after the state says that the keeper is ready.
    await until(() =>
      ask(again, '/v1/logs', post(guest)).then(
        ({ status }) => status === 200,
        () => false,
      ),
    );
  },
);

test.runIf(process.platform === 'linux')('guests can send and do nothing else', async () => {
  const keeper = await startKeeper();
  await keeper.control('POST', '/obs/listen', { address: gateway });
  expect((await ask(keeper, '/v1/logs', post({}))).status).toBe(401);
  expect((await ask(keeper, '/v1/logs', post({ authorization: 'Bearer token-of-the-test' }))).status).toBe(401);
  for (const path of ['/obs/identity', '/obs/status', '/loki/api/v1/labels'])
    expect((await ask(keeper, path, { headers: guest })).status).toBe(404);
  expect(
    (await ask(keeper, '/v1/logs', { ...post(guest), headers: { ...guest, origin: 'http://evil.test' } })).status,
  ).toBe(403);
  expect(await countLogs(keeper)).toBe(0);
});

test('an address that is not of this machine is refused with the reason', async () => {
  const keeper = await startKeeper();
  const { status, json } = await keeper.control('POST', '/obs/listen', { address: '203.0.113.7' });
  expect(status).toBe(409);
  expect(JSON.stringify(json)).toContain('203.0.113.7');
  expect(keeper.readState().dockerListen).toBeNull();
});
