// The keeper's log: whole JSON lines, and no flood.
import { expect, test } from 'vitest';
import { makeLog } from './log.ts';

test('a line says when, how bad, and what', () => {
  const lines: string[] = [];
  makeLog(
    () => 0,
    (line) => lines.push(line),
  )('warn', 'odd', { path: '/x' });
  expect(lines).toEqual(['{"time":"1970-01-01T00:00:00.000Z","level":"warn","message":"odd","path":"/x"}\n']);
});

test('the same message is written a few times a minute, and again in the next minute', () => {
  const lines: string[] = [];
  let nowMs = 0;
  const log = makeLog(
    () => nowMs,
    (line) => lines.push(line),
  );
  for (let i = 0; i < 100; i++) log('error', 'again');
  log('error', 'another');
  expect(lines).toHaveLength(6);
  nowMs = 60_000;
  log('error', 'again');
  expect(lines).toHaveLength(7);
});
