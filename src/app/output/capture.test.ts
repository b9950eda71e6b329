// From a stream of bytes to lines and records: nothing is lost, however much comes at once.
import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { type CapturedLine, captureOutput } from './capture.ts';

function start(source: PassThrough) {
  const seen = { shown: 0, lines: [] as CapturedLine[], records: [] as CapturedLine[], nowMs: 0 };
  const capture = captureOutput(source, 'stdout', {
    show: (chunk) => {
      seen.shown += chunk.length;
    },
    onLine: (line) => seen.lines.push(line),
    onRecord: (record) => seen.records.push(record),
    nowMs: () => seen.nowMs,
  });
  return { capture, seen };
}

test('more than is held back at once is handed out whole and in order, after the stream has ended too', async () => {
  const source = new PassThrough({ highWaterMark: 64 * 1024 * 1024 });
  const { capture, seen } = start(source);
  const chunks = 50;
  const linesPerChunk = 1000;
  const line = 'x'.repeat(900);
  for (let chunk = 0; chunk < chunks; chunk += 1) {
    const lines = Array.from({ length: linesPerChunk }, (_, at) => `${chunk * linesPerChunk + at} ${line}\n`);
    source.write(lines.join(''));
  }
  source.end();
  await capture.done;
  expect(capture.isBehind()).toBe(false);
  expect(seen.shown).toBeGreaterThan(chunks * linesPerChunk * line.length);
  expect(seen.records).toHaveLength(chunks * linesPerChunk);
  expect(seen.records.every((record, at) => record.text.startsWith(`${at} `))).toBe(true);
});

test('a line bears the time at which it came, not the one at which it was looked at', async () => {
  const source = new PassThrough();
  const { capture, seen } = start(source);
  seen.nowMs = 5;
  source.write('one\n');
  seen.nowMs = 9;
  source.end('two\nthree');
  await capture.done;
  expect(seen.lines.map(({ text, atMs }) => ({ text, atMs }))).toEqual([
    { text: 'one', atMs: 5 },
    { text: 'two', atMs: 9 },
    { text: 'three', atMs: 9 },
  ]);
});
