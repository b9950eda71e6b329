// Lines and the spans in which they were written find each other by text, in order.
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { LineContexts } from './line-contexts.ts';

const [first, second] = ['a', 'b'].map((digit) => ({ traceId: digit.repeat(32), spanId: digit.repeat(16) }));
const none = { traceId: '', spanId: '' };

function open(): { contexts: LineContexts; note: (ids: typeof first, line: string) => void } {
  const folder = mkdtempSync(join(tmpdir(), 'obs-lines-'));
  const contexts = new LineContexts(folder);
  onTestFinished(() => {
    contexts.close();
    rmSync(folder, { recursive: true });
  });
  const note = (ids: typeof first, line: string): void =>
    appendFileSync(join(folder, 'lines-1.tsv'), `${ids?.traceId}\t${ids?.spanId}\t${line}\n`);
  return { contexts, note };
}

test('equal lines get their spans in the order in which they were written, each once', () => {
  const { contexts, note } = open();
  note(first, 'asked');
  note(second, 'asked');
  contexts.read();
  expect([contexts.take('asked'), contexts.take('asked'), contexts.take('asked')]).toEqual([first, second, none]);
});

test('a stack trace is known by its first line, a long line by its beginning, and tabs belong to the line', () => {
  const { contexts, note } = open();
  const long = `long\t${'x'.repeat(500)}`;
  note(first, 'Error: boom');
  note(second, long.slice(0, 160));
  contexts.read();
  expect(contexts.take('Error: boom\n    at f (a.js:1:1)')).toEqual(first);
  expect(contexts.take(long)).toEqual(second);
});

test('a note that is half written is read when it is whole', () => {
  const { contexts, note } = open();
  note(first, 'one\nno ids here');
  contexts.read();
  note(second, 'two');
  contexts.read();
  expect([contexts.take('one'), contexts.take('two')]).toEqual([first, second]);
});

test('notes without a line are forgotten after a while', () => {
  const { contexts, note } = open();
  for (let at = 0; at < 20_001; at += 1) note(first, `line ${at}`);
  contexts.read();
  expect(contexts.take('line 0')).toEqual(none);
  expect(contexts.take('line 20000')).toEqual(first);
});
