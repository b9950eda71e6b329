// The preload keeps V8's compiled code beside its chunks, also when every program that loads it ends at once.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { findDistFile } from '../../src/std/package-root.ts';

/** A copy of the preload without compiled code, and what programs leave in it. */
function copyPreload() {
  const folder = mkdtempSync(join(tmpdir(), 'obs-preload-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  cpSync(dirname(findDistFile('preload/entry.cjs')), folder, {
    recursive: true,
    filter: (path) => !path.includes('code-cache'),
  });
  const boot = (...flags: string[]): string => {
    const words = [...flags, '-r', join(folder, 'entry.cjs'), '-e', 'require("http"); console.log("ran")'];
    return execFileSync(process.execPath, words, { encoding: 'utf8' });
  };
  const listCache = (): string[] =>
    readdirSync(join(folder, 'code-cache')).map(
      (name) => `${name} ${statSync(join(folder, 'code-cache', name)).mtimeMs}`,
    );
  return { boot, listCache };
}

test('a program that ends at once leaves compiled code for the next, which leaves it as it is', () => {
  const { boot, listCache } = copyPreload();
  expect(boot()).toBe('ran\n');
  const kept = listCache();
  expect(kept.map((name) => name.split('-')[0])).toEqual(['core', 'http']);
  expect(boot()).toBe('ran\n');
  expect(listCache()).toEqual(kept);
});

test('code that was compiled under flags of V8 that nobody else sets is replaced by the next program', () => {
  const { boot, listCache } = copyPreload();
  expect(boot('--stack-size=900')).toBe('ran\n');
  const kept = listCache();
  expect(boot()).toBe('ran\n');
  const replaced = listCache();
  expect(replaced).toHaveLength(kept.length);
  for (const file of replaced) expect(kept).not.toContain(file);
  expect(boot()).toBe('ran\n');
  expect(listCache()).toEqual(replaced);
});
