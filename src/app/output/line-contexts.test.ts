// Lines and the spans in which they were written find each other by text, in order.
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { LineContexts } from './line-contexts.ts';

const [first, second] = ['a', 'b'].map((digit) => ({ traceId: digit.repeat(32), spanId: digit.repeat(16) }));
const none = { traceId: '', spanId: '' };

function open() {
  const folder = mkdtempSync(join(tmpdir(), 'obs-lines-'));
  const contexts = new LineContexts(folder);
  onTestFinished(() => {
    contexts.close();
    rmSync(folder, { recursive: true });
  });
  const append = (text: string): void => appendFileSync(join(folder, 'lines-1.txt'), text);
  const note = (ids: typeof first, line: string): void => append(`\u0001${ids?.traceId}\t${ids?.spanId}\n${line}\n`);
  return { contexts, note, append };
}

test('equal lines get their spans in the order in which they were written, each once', async () => {
  const { contexts, note } = open();
  note(first, 'asked');
  note(second, 'asked');
  await contexts.read();
  expect([contexts.take('asked'), contexts.take('asked'), contexts.take('asked')]).toEqual([first, second, none]);
});

test('a stack trace is known by its first line, a long line by its beginning, and a coloured one by its text', async () => {
  const { contexts, note } = open();
  const long = `long\t${'x'.repeat(500)}`;
  note(first, 'Error: boom');
  note(second, long.slice(0, 300));
  note(first, '\u001b[32mgreen\u001b[0m  ');
  await contexts.read();
  expect(contexts.take('Error: boom\n    at f (a.js:1:1)')).toEqual(first);
  expect(contexts.take(long)).toEqual(second);
  expect(contexts.take('green')).toEqual(first);
});

test('a note that is half written is read when it is whole, and its span holds for the lines after it', async () => {
  const { contexts, note, append } = open();
  append('no span yet\n');
  note(first, 'one');
  append('on');
  await contexts.read();
  append('e more\n');
  note(second, 'two');
  await contexts.read();
  const lines = ['no span yet', 'one', 'one more', 'two'];
  expect(lines.map((line) => contexts.take(line))).toEqual([none, first, first, second]);
});

test('each of the lines of a flood has its span', async () => {
  const { contexts, append, note } = open();
  note(first, 'begin');
  append(Array.from({ length: 100_000 }, (_, at) => `line ${at}\n`).join(''));
  await contexts.read();
  expect([contexts.take('line 0'), contexts.take('line 99999')]).toEqual([first, first]);
});

test('notes without a line are forgotten after a while', async () => {
  const { contexts, note, append } = open();
  note(first, 'begin');
  append(Array.from({ length: 250_000 }, (_, at) => `line ${at}\n`).join(''));
  await contexts.read();
  expect([contexts.take('line 0'), contexts.take('line 249999')]).toEqual([none, first]);
});
