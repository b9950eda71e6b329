// Notes of lines that belong to spans, as they come to stand in the spool.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openLineNotes } from './line-contexts.ts';

const span = { traceId: 'b'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 1 };
const other = { traceId: 'c'.repeat(32), spanId: 'c'.repeat(16), traceFlags: 1 };
let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'obs-notes-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** What `obs run` will read: each line with the span that was named last before it. */
function readNoted(): string[] {
  const files = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'));
  return files.join('').split('\n').slice(0, -1);
}

const mark = (id: string): string => `\u0001${id.repeat(32)}\t${id.repeat(16)}`;

it('what is written now and then stands there before the line is written, each span named once', () => {
  const { note } = openLineNotes(folder);
  note(span, 'ready\n');
  expect(readNoted()).toEqual([mark('b'), 'ready']);
  note(span, 'two\nlines\n');
  note(other, 'without an end');
  expect(readNoted()).toEqual([mark('b'), 'ready', 'two', 'lines', mark('c'), 'without an end']);
});

it('a burst is noted whole and in order, at the latest when the process ends', () => {
  const { note, flush } = openLineNotes(folder);
  const lines = Array.from({ length: 3000 }, (_, at) => `line ${at}`);
  for (const line of lines) note(span, `${line}\n`);
  flush();
  expect(readNoted()).toEqual([mark('b'), ...lines]);
});

it('the last lines of a burst follow when the program comes to rest', async () => {
  const { note } = openLineNotes(folder);
  for (let at = 0; at < 100; at++) note(span, `line ${at}\n`);
  await new Promise((done) => setImmediate(done));
  expect(readNoted()).toHaveLength(101);
});

it('of a long write its beginning is noted, and of long lines theirs', () => {
  const { note } = openLineNotes(folder);
  note(span, `${'x'.repeat(5000)}\nnext\n`);
  note(span, 'y\n'.repeat(5000));
  const [, long = '', ...rest] = readNoted();
  expect(long).toMatch(/^x{160,400}$/);
  expect(rest.length).toBeLessThan(50);
});
