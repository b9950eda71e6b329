// Disks that are full or cannot be written: what cannot be kept is refused with the reason, what was acknowledged stays, queries go
// on, and all is well again once the disk is. Small file systems are mounted for it, which only root may do.
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { makeStackFolder, type RunningKeeper, type StackFolder, startKeeper } from '../keeper/keeper-process.ts';
import { asProtobuf, count, getJson, post } from '../keeper/telemetry.ts';

const canMount = process.getuid?.() === 0 && run('unshare', '--mount', 'true');
const reason = canMount ? '' : ' (skipped: mounting needs root)';
const lineBytes = 4096;

function run(command: string, ...words: string[]): boolean {
  return spawnSync(command, words).status === 0;
}

/** Puts a file system of its own below the write-ahead log of a stack. */
function mountLog({ dir }: StackFolder, size: string): (options: string) => void {
  const path = join(dir, 'wal');
  mkdirSync(path);
  expect(run('mount', '-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', path)).toBe(true);
  onTestFinished(() => void run('umount', '--lazy', path));
  return (options) => expect(run('mount', '-o', `remount,${options}`, path)).toBe(true);
}

/** Sends lines until one is refused; says how many were acknowledged, and with what the last one was refused. */
async function fillUp({ endpoints }: RunningKeeper) {
  for (let acknowledged = 0; ; acknowledged++) {
    const answer = await sendLine(endpoints.otlpLogs, `line ${acknowledged}`);
    if (answer.status !== 200) return { acknowledged, answer };
  }
}

async function sendLine(url: string, text: string) {
  const body = JSON.stringify({
    resourceLogs: [
      {
        resource: { attributes: [{ key: 'service.name', value: { stringValue: 'full' } }] },
        scopeLogs: [{ logRecords: [{ body: { stringValue: text.padEnd(lineBytes, '.') } }] }],
      },
    ],
  });
  const response = await post(url, 'application/json', body);
  return { status: response.status, retryAfter: response.headers.get('retry-after'), text: await response.text() };
}

async function countLines({ endpoints }: RunningKeeper): Promise<number> {
  const query = new URLSearchParams({ query: '{service_name="full"}', limit: '5000' });
  const { data } = await getJson(`${endpoints.loki}/loki/api/v1/query_range?${query}`);
  return (data as { result: { values: unknown[] }[] }).result.reduce((sum, { values }) => sum + values.length, 0);
}

const readStatus = async (keeper: RunningKeeper) =>
  (await keeper.control('GET', '/obs/status')).json as { state: string; warnings: string[] };

test.skipIf(!canMount)(`a full disk refuses what it cannot keep, loses nothing, and recovers${reason}`, async () => {
  const folder = await makeStackFolder();
  const remount = mountLog(folder, '1m');
  const keeper = await startKeeper(folder);
  const { acknowledged, answer } = await fillUp(keeper);
  expect(acknowledged).toBeGreaterThan(100);
  expect(answer).toMatchObject({ status: 503, retryAfter: '1' });
  expect(answer.text).toContain('not stored, the log cannot be written: ');
  expect(await countLines(keeper)).toBe(acknowledged);
  expect(await readStatus(keeper)).toMatchObject({
    state: 'degraded',
    warnings: [
      expect.stringMatching(
        /^the write-ahead log in .*wal cannot be written, so what is sent is refused: .*(ENOSPC|full)/,
      ),
    ],
  });

  keeper.process.kill('SIGKILL');
  await keeper.gone;
  const next = await startKeeper(folder);
  expect(await countLines(next)).toBe(acknowledged);
  expect((await sendLine(next.endpoints.otlpLogs, 'still full')).status).toBe(503);

  remount('size=8m');
  expect((await sendLine(next.endpoints.otlpLogs, 'room again')).status).toBe(200);
  expect(await readStatus(next)).toMatchObject({ state: 'ready', warnings: [] });
  next.process.kill('SIGKILL');
  await next.gone;
  expect(await countLines(await startKeeper(folder))).toBe(acknowledged + 1);
});

test.skipIf(!canMount)(
  `a folder that turns read-only is named, and what was there can be asked for${reason}`,
  async () => {
    const folder = await makeStackFolder();
    const remount = mountLog(folder, '1m');
    const keeper = await startKeeper(folder);
    const send = () => post(keeper.endpoints.otlpTraces, 'application/x-protobuf', asProtobuf('traces', 'web'));
    expect((await send()).status).toBe(200);
    // A file that is open for writing keeps a file system from turning read-only; the next keeper opens anew.
    keeper.process.kill('SIGKILL');
    await keeper.gone;
    remount('ro');
    const next = await startKeeper(folder);
    expect(await count.traces(next, 'web')).toBe(1);
    const refused = await post(next.endpoints.otlpTraces, 'application/x-protobuf', asProtobuf('traces', 'api'));
    expect(refused.status).toBe(503);
    expect(await refused.text()).toContain('EROFS');
    expect(await count.traces(next, 'api')).toBe(0);
    expect((await readStatus(next)).warnings).toEqual([expect.stringContaining('EROFS')]);
  },
);
