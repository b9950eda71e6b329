// A program run with its code cache behaves as without, and a cache that V8 refuses is made anew.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'obs-cached-'));
  const bundle = { bundle: true, platform: 'node', format: 'esm', outfile: join(folder, 'run-cached.mjs') } as const;
  buildSync({ entryPoints: [join(import.meta.dirname, 'run-cached.ts')], ...bundle });
  writeFileSync(
    join(folder, 'start.mjs'),
    `import { runCached } from './run-cached.mjs';
     runCached({ file: ${JSON.stringify(join(folder, 'program.cjs'))}, cacheFile: ${JSON.stringify(cacheFile())} });`,
  );
  writeFileSync(
    join(folder, 'program.cjs'),
    `const { basename } = require('node:path');
     console.log(basename(__filename), process.argv.slice(2).join(' '));
     if (process.argv[2] === 'fail') process.exitCode = 3;`,
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const cacheFile = () => join(folder, 'cache', 'program');

const run = (...words: string[]) =>
  execFileSync(process.execPath, [join(folder, 'start.mjs'), ...words], { encoding: 'utf8', stdio: 'pipe' });

test('a program gets its own arguments, module and exit code, and leaves a cache only when it succeeded', () => {
  expect(() => run('fail')).toThrow(expect.objectContaining({ status: 3, stdout: 'program.cjs fail\n' }));
  expect(() => readFileSync(cacheFile())).toThrow('ENOENT');
  expect(run('a', 'b')).toBe('program.cjs a b\n');
  const cache = readFileSync(cacheFile());
  expect(run('c')).toBe('program.cjs c\n');
  expect(readFileSync(cacheFile())).toEqual(cache);
});

test('a cache that is damaged is replaced', () => {
  run();
  writeFileSync(cacheFile(), 'damaged');
  expect(run('d')).toBe('program.cjs d\n');
  expect(readFileSync(cacheFile()).length).toBeGreaterThan(100);
});
