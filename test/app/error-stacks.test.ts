// What the preload leaves of the stacks of errors: ten frames are all that Node shows.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { findDistFile } from '../../src/std/package-root.ts';

function fail(...flags: string[]): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'obs-stacks-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'inner.cjs'), "throw new Error('boom');");
  writeFileSync(join(folder, 'main.cjs'), "require('./inner.cjs');");
  const { stderr } = spawnSync(process.execPath, [...flags, join(folder, 'main.cjs')], { encoding: 'utf8' });
  return stderr.split('\n').filter((line) => line.startsWith('    at '));
}

test('a module that fails shows who required it, and a frame of the preload for each require at most', () => {
  const preload = ['-r', findDistFile('preload/entry.cjs')];
  expect(fail().join('\n')).toContain('main.cjs');
  expect(fail(...preload).join('\n')).toContain('main.cjs');
  const ofPreload = fail('--stack-trace-limit=100', ...preload).filter((frame) => frame.includes('entry.cjs'));
  expect(ofPreload).toHaveLength(2);
});
