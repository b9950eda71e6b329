// What a process tells about its own start, where it is made of ES modules.
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import Module from 'node:module';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeFolder, startNode } from './harness.ts';

const slowMs = 300;
const files = {
  'app.mjs': `#!/usr/bin/env node
import './middle.mjs'; import './old.cjs';
console.log(new Error('here').stack.split('\\n')[1].replace(/.*app/, 'app'));`,
  'middle.mjs': `import './slow.mjs'; import 'node:os';`,
  'slow.mjs': `const endMs = Date.now() + ${slowMs}; while (Date.now() < endMs);`,
  'old.cjs': `const endMs = Date.now() + ${slowMs}; while (Date.now() < endMs);`,
};

interface Startup {
  readonly preloadEndMs: number;
  readonly mainLoadedMs: number;
  readonly slowestModules: readonly { readonly name: string; readonly selfMs: number }[];
}

async function readStartup(): Promise<Startup> {
  const folder = makeFolder(files);
  const spool = join(folder, 'spool');
  mkdirSync(spool);
  const program = startNode(['app.mjs'], { cwd: folder, env: { OBS_SPOOL: spool } });
  // The source is as long as it was, and its places are where they were.
  expect([await program.ended, program.output()]).toEqual([0, 'app.mjs:3:13\n']);
  const file = readdirSync(spool).find((name) => name.startsWith('startup-'));
  return JSON.parse(readFileSync(join(spool, file ?? ''), 'utf8'));
}

test('the modules are loaded when the last one has been evaluated, and none was slow unnoticed', async () => {
  const { preloadEndMs, mainLoadedMs, slowestModules } = await readStartup();
  expect(mainLoadedMs - preloadEndMs).toBeGreaterThanOrEqual(2 * slowMs);
  const own = slowestModules.find(({ name }) => name === 'old.cjs')?.selfMs ?? 0;
  expect(own).toBeGreaterThanOrEqual(slowMs - 1);
  const together = slowestModules.filter(({ name }) => name.endsWith('.mjs') || name.endsWith('ES modules'));
  expect(together.reduce((sum, { selfMs }) => sum + selfMs, 0)).toBeGreaterThanOrEqual(slowMs - 5);
});

test.skipIf(!('registerHooks' in Module))(
  'an ES module is named with its own time (skipped: this Node has no module.registerHooks)',
  async () => {
    const { slowestModules } = await readStartup();
    const selfMs = (file: string) => slowestModules.find(({ name }) => name === file)?.selfMs ?? 0;
    expect(selfMs('slow.mjs')).toBeGreaterThanOrEqual(slowMs - 1);
    expect(selfMs('middle.mjs')).toBeLessThan(selfMs('slow.mjs'));
  },
);
