// The keeper's executable by itself: what it refuses when it is started wrongly or may not listen.
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { findDistFile } from '../../src/std/package-root.ts';
import { Sandbox } from '../stack/harness.ts';

const sandbox = new Sandbox();
afterAll(() => sandbox.dispose());

/** Runs the keeper until it gives up; its last line of output is a log record. */
function startKeeper(
  words: readonly string[],
  nodeFlags: readonly string[] = [],
): Promise<{ exit: number; error: { code: string } }> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [...nodeFlags, findDistFile('keeper.js'), ...words],
      (_error, stdout, stderr) => {
        const last = `${stdout}${stderr}`.trim().split('\n').at(-1) ?? '';
        resolve({ exit: child.exitCode ?? -1, error: JSON.parse(last).error });
      },
    );
  });
}

it('started by hand it says by whom it is started', async () => {
  expect(await startKeeper(['--nonsense'])).toMatchObject({ exit: 2, error: { code: 'OBS_KEEPER_USAGE' } });
});

it('that may not listen names the port and the way round the sandbox', async () => {
  const repository = sandbox.makeRepository('repository');
  const { id } = await sandbox.up(repository);
  process.kill(sandbox.readState(id).keeper?.pid ?? 0, 'SIGKILL');
  const denied = join(sandbox.root, 'deny-listen.cjs');
  writeFileSync(
    denied,
    `const { Server } = require('node:net');
     Server.prototype.listen = function () {
       process.nextTick(() => this.emit('error', Object.assign(new Error('listen EPERM'), { code: 'EPERM' })));
       return this;
     };`,
  );
  const outcome = await startKeeper(['--stack-dir', sandbox.stackDir(id)], ['--require', denied]);
  expect(outcome).toMatchObject({ exit: 4, error: { code: 'OBS_KEEPER_BIND_DENIED', fix: 'obs mcp --help' } });
});
