// Stacks of other times and places: an older obs, and another mount namespace on the same machine.
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findDistFile } from '../../src/std/package-root.ts';
import { collect, Sandbox } from './harness.ts';

const timeoutMs = 120_000;

let sandbox: Sandbox;
let repository: string;

beforeEach(() => {
  sandbox = new Sandbox();
  repository = sandbox.makeRepository('repository');
});
afterEach(() => sandbox.dispose());

describe('a stack of an older obs', { timeout: timeoutMs }, () => {
  // Its file was recorded before `backend`, `place` and `redact` were in it; what belongs to this machine is filled in.
  const recorded = JSON.parse(readFileSync(join(import.meta.dirname, 'older-state.json'), 'utf8'));
  const ownKeys = ['stackId', 'worktree', 'gitDir', 'worktreeBirth', 'basePort', 'token', 'keeper'];

  test('is shown by status and ps, adopted by up, and ended by down', async () => {
    const { id, endpoints } = await sandbox.up(repository);
    const now = sandbox.readState(id);
    const older = { ...recorded, ...Object.fromEntries(ownKeys.map((key) => [key, now[key]])) };
    writeFileSync(join(sandbox.stackDir(id), 'state.json'), JSON.stringify(older));
    const status = await sandbox.run(['status', '--json'], { cwd: repository });
    expect(JSON.parse(status.stdout).stack).toMatchObject({ id, endpoints, readyMs: recorded.readyMs });
    const { stacks } = JSON.parse((await sandbox.run(['ps', '--json'], { cwd: repository })).stdout);
    expect(stacks).toMatchObject([{ id, condition: 'running' }]);
    expect(await sandbox.up(repository)).toMatchObject({ id, readyMs: recorded.readyMs });
    expect((await sandbox.run(['down'], { cwd: repository })).code).toBe(0);
    expect(sandbox.listKeepers()).toEqual([]);
    expect(sandbox.listStacks()).toEqual([]);
  });

  test('that was killed is started again with its data', async () => {
    const { id } = await sandbox.up(repository);
    const now = sandbox.readState(id);
    if (now.keeper === null) throw new Error('no keeper in the state');
    process.kill(now.keeper.pid, 'SIGKILL');
    const older = { ...recorded, ...Object.fromEntries(ownKeys.map((key) => [key, now[key]])) };
    writeFileSync(join(sandbox.stackDir(id), 'state.json'), JSON.stringify(older));
    expect(await sandbox.up(repository)).toMatchObject({ id, state: 'ready' });
  });
});

const canUnshare = spawnSync('unshare', ['--mount', 'true']).status === 0;

// Needs the right to make mount namespaces, which root has.
describe.skipIf(!canUnshare)('another mount namespace', { timeout: timeoutMs }, () => {
  /** Runs obs where an empty file system hides the repository. */
  function runElsewhere(...words: string[]) {
    const script = 'mount -t tmpfs none "$1" && shift && exec "$@"';
    const command = [process.execPath, findDistFile('obs.js'), ...words, '--json'];
    const child = spawn('unshare', ['--mount', 'sh', '-c', script, 'sh', repository, ...command], {
      cwd: sandbox.root,
      env: { PATH: process.env.PATH, OBS_STATE_DIR: sandbox.stateDir, DOCKER_HOST: 'unix:///nonexistent/docker.sock' },
    });
    return collect(child);
  }

  test('does not see the worktree, and leaves its stack alone: gc lists it as foreign and ps shows it', async () => {
    const { id } = await sandbox.up(repository);
    const { removed, foreign } = JSON.parse((await runElsewhere('gc')).stdout);
    expect(removed).toEqual([]);
    expect(foreign).toMatchObject([{ kind: 'stack', stackId: id, worktree: repository }]);
    const { stacks } = JSON.parse((await runElsewhere('ps')).stdout);
    expect(stacks).toMatchObject([{ id, condition: 'running', note: expect.stringContaining('another container') }]);
    expect(await sandbox.up(repository)).toMatchObject({ id, state: 'ready' });
  });
});
