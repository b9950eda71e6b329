// How long queries make way for others and end in time.
import { expect, test } from 'vitest';
import { makePacer } from './pacer.ts';

function makeClock() {
  const clock = { ms: 0, abort: new AbortController() };
  const pause = makePacer({
    nowMs: () => clock.ms,
    deadlineMs: 100,
    limit: 'limit: query time',
    signal: clock.abort.signal,
  });
  return { clock, pause };
}

test('a query that has run for a while lets others run', async () => {
  const { clock, pause } = makeClock();
  expect(pause()).toBeUndefined();
  clock.ms = 50;
  await expect(pause()).resolves.toBeUndefined();
  expect(pause()).toBeUndefined();
});

test('a query ends when its time is over, or its client has gone', () => {
  const { clock, pause } = makeClock();
  clock.ms = 101;
  expect(pause).toThrow('query timed out in expression evaluation');
  clock.ms = 99;
  clock.abort.abort();
  expect(pause).toThrow('query was canceled in expression evaluation');
});
