// The lock between processes, with real processes: none loses an update, and a killed holder blocks nobody.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LockTimeout, withFileLock } from './file-lock.ts';
import { readOwnMark } from './process-identity.ts';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'obs-lock-'));
  const bundle = { bundle: true, platform: 'node', format: 'esm', outfile: join(folder, 'lock.mjs') } as const;
  buildSync({ entryPoints: [join(import.meta.dirname, 'file-lock.ts')], ...bundle });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let scripts = 0;

/** Runs a script that imports `withFileLock`, in a file of its own; resolves with its exit code. */
function runNode(script: string, args: readonly string[]): Promise<number | null> {
  scripts += 1;
  const file = join(folder, `${scripts}.mjs`);
  writeFileSync(file, `import { withFileLock } from './lock.mjs';\nimport fs from 'node:fs';\n${script}`);
  return new Promise((resolve) => spawn(process.execPath, [file, ...args], { stdio: 'inherit' }).on('exit', resolve));
}

test('eight processes that each add 40 to a shared number lose none', async () => {
  const counter = join(folder, 'counter');
  writeFileSync(counter, '0');
  const script = `const [lock, counter] = process.argv.slice(2);
    for (let i = 0; i < 40; i++) await withFileLock(lock, { timeoutMs: 60000 }, () =>
      fs.writeFileSync(counter, String(Number(fs.readFileSync(counter, 'utf8')) + 1)));`;
  const exits = await Promise.all(
    Array.from({ length: 8 }, () => runNode(script, [join(folder, 'counting'), counter])),
  );
  expect(new Set(exits)).toEqual(new Set([0]));
  expect(readFileSync(counter, 'utf8')).toBe('320');
  expect(readdirSync(join(folder, 'counting'))).toHaveLength(1);
});

test('a lock whose holder was killed is taken over, by one process at a time', async () => {
  const lock = join(folder, 'killed');
  const counter = join(folder, 'killed-counter');
  writeFileSync(counter, '0');
  await runNode(
    `await withFileLock(process.argv[2], { timeoutMs: 1000 }, () => process.kill(process.pid, 'SIGKILL'));`,
    [lock],
  );
  const script = `const [lock, counter] = process.argv.slice(2);
    await withFileLock(lock, { timeoutMs: 60000 }, async () => {
      const before = Number(fs.readFileSync(counter, 'utf8'));
      await new Promise((done) => setTimeout(done, 5));
      fs.writeFileSync(counter, String(before + 1));
    });`;
  await Promise.all(Array.from({ length: 6 }, () => runNode(script, [lock, counter])));
  expect(readFileSync(counter, 'utf8')).toBe('6');
});

test('a lock held by a re-used pid counts as free', async () => {
  const lock = join(folder, 'reused');
  mkdirSync(lock);
  writeFileSync(join(lock, '7'), JSON.stringify({ ...readOwnMark(), startTime: '1' }));
  expect(await withFileLock(lock, { timeoutMs: 1000 }, () => 'taken')).toBe('taken');
});

test('a lock held by a living process times out and names it', async () => {
  const lock = join(folder, 'busy');
  const waited = withFileLock(lock, { timeoutMs: 1000 }, () =>
    withFileLock(lock, { timeoutMs: 20 }, () => 'never').catch((error: unknown) => error),
  );
  const error = await waited;
  expect(error).toBeInstanceOf(LockTimeout);
  expect(error).toMatchObject({ holder: { pid: process.pid } });
});

test('a lock that is handed on among many for longer than the time-out fails nobody', async () => {
  const lock = join(folder, 'handed-on');
  const holds = Array.from({ length: 40 }, () =>
    withFileLock(lock, { timeoutMs: 300 }, () => new Promise((done) => setTimeout(done, 20))),
  );
  const failed = (await Promise.allSettled(holds)).filter(({ status }) => status === 'rejected');
  expect(failed).toEqual([]);
  expect(readdirSync(lock)).toHaveLength(1);
});

test('a place in the queue that a killed process left is cleared away', async () => {
  const lock = join(folder, 'left-queue');
  const waiter = `const lock = process.argv[2];
    setTimeout(() => process.kill(process.pid, 'SIGKILL'), 100);
    await withFileLock(lock, { timeoutMs: 60000 }, () => withFileLock(lock, { timeoutMs: 60000 }, () => {}));`;
  await runNode(waiter, [lock]);
  expect(readdirSync(lock)).toContainEqual(expect.stringMatching(/^wait\./));
  expect(await withFileLock(lock, { timeoutMs: 1000 }, () => 'taken')).toBe('taken');
  expect(readdirSync(lock)).toHaveLength(1);
});

test('the lock is free again after an action that failed', async () => {
  const lock = join(folder, 'failing');
  await expect(
    withFileLock(lock, { timeoutMs: 100 }, () => {
      throw new Error('broken');
    }),
  ).rejects.toThrow('broken');
  expect(await withFileLock(lock, { timeoutMs: 100 }, () => 1)).toBe(1);
});
