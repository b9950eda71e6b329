// The preload keeps V8's compiled code beside its chunks, also when every program that loads it ends at once.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { findDistFile } from '../../src/std/package-root.ts';

test('a program that ends at once leaves compiled code for the next, which leaves it as it is', () => {
  const folder = mkdtempSync(join(tmpdir(), 'obs-preload-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  cpSync(dirname(findDistFile('preload/entry.cjs')), folder, {
    recursive: true,
    filter: (path) => !path.includes('code-cache'),
  });
  const boot = (): string =>
    execFileSync(process.execPath, ['-r', join(folder, 'entry.cjs'), '-e', 'require("http"); console.log("ran")'], {
      encoding: 'utf8',
    });
  const listCache = (): string[] =>
    readdirSync(join(folder, 'code-cache')).map(
      (name) => `${name} ${statSync(join(folder, 'code-cache', name)).mtimeMs}`,
    );
  expect(boot()).toBe('ran\n');
  const kept = listCache();
  expect(kept.map((name) => name.split('-')[0])).toEqual(['core', 'http']);
  expect(boot()).toBe('ran\n');
  expect(listCache()).toEqual(kept);
});
