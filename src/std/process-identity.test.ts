// Knowing processes again and ending them, with real children.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { endProcess } from './end-process.ts';
import { isRunning, readCommandLine, readOwnMark, readProcessMark } from './process-identity.ts';

/** A child that says "up" once its signal handling is in place. */
async function startChild(script: string) {
  const child = spawn(process.execPath, ['-e', `${script}; console.log('up'); setInterval(() => {}, 1000)`]);
  await once(child.stdout, 'data');
  const mark = readProcessMark(child.pid ?? 0);
  if (mark === undefined) throw new Error('the child is not listed');
  return { child, mark };
}

test('this process is running, and is not another one with the same pid', () => {
  const own = readOwnMark();
  expect(isRunning(own)).toBe(true);
  expect(isRunning({ ...own, startTime: '1' })).toBe(false);
  expect(isRunning({ ...own, bootId: 'an earlier boot' })).toBe(false);
});

test('the command line of a process can be read', () => {
  expect(readCommandLine(process.pid)).toContain('node');
});

test('a polite process ends at SIGTERM', async () => {
  const { mark } = await startChild('');
  expect(await endProcess(mark, { graceMs: 5000 })).toBe('ended');
  expect(isRunning(mark)).toBe(false);
  expect(await endProcess(mark, { graceMs: 5000 })).toBe('gone already');
});

test('a process that ignores SIGTERM is killed', async () => {
  const { mark } = await startChild("process.on('SIGTERM', () => {})");
  expect(await endProcess(mark, { graceMs: 50 })).toBe('killed');
});

test('a process with the same pid but another start time is left alone', async () => {
  const { mark } = await startChild('');
  expect(await endProcess({ ...mark, startTime: '1' }, { graceMs: 50 })).toBe('gone already');
  expect(isRunning(mark)).toBe(true);
  await endProcess(mark, { graceMs: 5000 });
});
