// Measured boots one after the other.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { takeTurn } from './turn.ts';

function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'obs-turn-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'boot.lock');
}

test('measured boots take turns: the second begins after the first has ended', async () => {
  const folder = makeFolder();
  const signal = new AbortController().signal;
  const events: string[] = [];
  const first = await takeTurn(folder, signal);
  const second = takeTurn(folder, signal).then((turn) => {
    events.push('second began');
    return turn;
  });
  await new Promise((resolve) => setTimeout(resolve, 30));
  events.push('first ended');
  first.end();
  (await second).end();
  expect(events).toEqual(['first ended', 'second began']);
});

test('whoever waits for a turn can be interrupted', async () => {
  const folder = makeFolder();
  const first = await takeTurn(folder, new AbortController().signal);
  const abort = new AbortController();
  const second = takeTurn(folder, abort.signal);
  abort.abort(new Error('enough'));
  await expect(second).rejects.toThrow('enough');
  first.end();
});
