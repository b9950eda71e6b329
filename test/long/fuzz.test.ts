// A short run of `npm run fuzz`, with a seed of its own each time: it names the seed of what it finds.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';

test('no decoder or parser breaks, hangs or keeps memory on damaged inputs', () => {
  const seed = String(Date.now() % 2 ** 31);
  const words = [join(import.meta.dirname, '../fuzz/run.mjs'), '--seed', seed, '--minutes', '0.25'];
  const { status, stdout, stderr } = spawnSync(process.execPath, words, { encoding: 'utf8' });
  expect(status, stderr + stdout).toBe(0);
  process.stdout.write(stdout);
  expect(stdout).toMatch(/\d+ malformed inputs, seed/);
});
