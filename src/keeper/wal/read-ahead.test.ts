// What is read ahead is what stands in the files, in their order.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readAhead } from './read-ahead.ts';

const folder = mkdtempSync(join(tmpdir(), 'obs-read-ahead-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function write(...texts: string[]): string[] {
  return texts.map((text, i) => {
    const path = join(folder, `${i}`);
    writeFileSync(path, text);
    return path;
  });
}

async function readAll(paths: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for await (const bytes of readAhead(paths)) found.push(String(bytes));
  return found;
}

test.each([
  ['no file', []],
  ['one', ['alone']],
  ['long ones and short ones, which share room', ['a'.repeat(70_000), '', 'b', 'c'.repeat(100_000), 'dd', 'e']],
])('%s: each file is read whole and in turn', async (_name, texts) => {
  expect(await readAll(write(...texts))).toEqual(texts);
});

test('a file that is not there is an error when its turn comes, not before', async () => {
  const [first = ''] = write('here');
  const files = readAhead([first, join(folder, 'missing')]);
  expect(String((await files.next()).value)).toBe('here');
  await expect(files.next()).rejects.toThrow('ENOENT');
});
