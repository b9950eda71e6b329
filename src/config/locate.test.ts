// Which obs.yaml is in force for a directory.
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadConfig } from './config.ts';
import { loadConfigFile } from './load.ts';
import { findConfigFile } from './locate.ts';

let root: string;

beforeAll(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'obs-config-')));
  mkdirSync(join(root, 'tree/packages/a/src'), { recursive: true });
  mkdirSync(join(root, 'tree/packages/b'));
  mkdirSync(join(root, 'tree/packages/c'));
  writeFileSync(join(root, 'obs.yaml'), 'ttl: 1h\n');
  writeFileSync(join(root, 'tree/packages/a/obs.yaml'), 'budgets:\n  - startup < 1s\n  - errors == 0\n');
  writeFileSync(join(root, 'tree/packages/c/obs.yml'), '');
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

test('the nearest file upward counts, and each package may have one', () => {
  const file = join(root, 'tree/packages/a/obs.yaml');
  expect(findConfigFile(join(root, 'tree/packages/a/src'), join(root, 'tree'))).toBe(file);
});

test('a file above the root of the worktree is not read', async () => {
  expect(findConfigFile(join(root, 'tree/packages/b'), join(root, 'tree'))).toBeUndefined();
  const loaded = await loadConfig(join(root, 'tree/packages/b'), join(root, 'tree'));
  expect(loaded).toMatchObject({ file: null, folder: join(root, 'tree'), config: { ttl: 43_200_000 } });
});

test('a cwd outside the worktree starts at its root', () => {
  expect(findConfigFile('/', join(root, 'tree/packages/a'))).toBe(join(root, 'tree/packages/a/obs.yaml'));
});

test('a file with the wrong name is refused with the right one', () => {
  expect(() => findConfigFile(join(root, 'tree/packages/c'), join(root, 'tree'))).toThrow(
    expect.objectContaining({ code: 'OBS_CONFIG_NAME', exit: 2 }),
  );
});

test('a file that cannot be read is an error, not left out', () => {
  expect(() => loadConfigFile(join(root, 'tree'), root)).toThrow(
    expect.objectContaining({ code: 'OBS_CONFIG_UNREADABLE', exit: 2 }),
  );
});

test('budgets know the line they stand on', async () => {
  const loaded = await loadConfig(join(root, 'tree/packages/a'), join(root, 'tree'));
  expect(loaded.budgetSources).toEqual(['packages/a/obs.yaml:2', 'packages/a/obs.yaml:3']);
});
