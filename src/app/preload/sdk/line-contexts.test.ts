// Notes of lines that belong to spans, as they come to stand in the spool.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openLineNotes } from './line-contexts.ts';

const span = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 1 };
let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'obs-notes-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function readNoted(): string[] {
  const text = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'));
  return text.join('').split('\n').slice(0, -1);
}

it('notes of single lines stand there before the line is written', () => {
  const { note } = openLineNotes(folder);
  note(span, '\u001b[32mready\u001b[0m  ');
  expect(readNoted()).toEqual([`${span.traceId}\t${span.spanId}\tready`]);
});

it('a burst is noted whole and in order, at the latest when the process ends', () => {
  const { note, flush } = openLineNotes(folder);
  const lines = Array.from({ length: 3000 }, (_, at) => `line ${at}`);
  for (const line of lines) note(span, line);
  flush();
  expect(readNoted().map((noted) => noted.split('\t')[2])).toEqual(lines);
});

it('the last lines of a burst follow when the program comes to rest', async () => {
  const { note } = openLineNotes(folder);
  for (let at = 0; at < 100; at++) note(span, `line ${at}`);
  await new Promise((done) => setImmediate(done));
  expect(readNoted()).toHaveLength(100);
});
