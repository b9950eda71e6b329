// The promise of settleAll: nothing is under way any more when it rejects.
import { expect, test } from 'vitest';
import { settleAll } from './settle-all.ts';
import { sleep } from './sleep.ts';

test('gives the results in the order of the tasks', async () => {
  const slow = async () => {
    await sleep(5);
    return 'slow';
  };
  expect(await settleAll([slow, async () => 'quick'])).toEqual(['slow', 'quick']);
});

test('tells the others to stop, waits for them, and throws the first failure', async () => {
  const ended: string[] = [];
  const waits = async (signal: AbortSignal) => {
    await sleep(60_000, signal).catch(() => undefined);
    ended.push('waited');
  };
  const fails = () => Promise.reject(new Error('the first'));
  await expect(settleAll<unknown>([waits, fails])).rejects.toThrow('the first');
  expect(ended).toEqual(['waited']);
});

test('passes an abort from outside on', async () => {
  const outside = new AbortController();
  const waiting = settleAll([(signal) => sleep(60_000, signal)], outside.signal);
  outside.abort(new Error('stop'));
  await expect(waiting).rejects.toThrow('stop');
  await expect(settleAll([(signal) => sleep(60_000, signal)], outside.signal)).rejects.toThrow('stop');
});
