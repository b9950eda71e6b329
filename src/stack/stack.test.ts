// The bookkeeping of stacks without any stack: registry, ports, state files, and what a state means.
import { chownSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { configSchema } from '../config/schema.ts';
import { makeStackId } from '../model/ids.ts';
import { type StackState, stackStateVersion } from '../model/stack-state.ts';
import { readOwnMark } from '../std/process-identity.ts';
import { findWorktree, type Worktree } from '../worktree/worktree.ts';
import { judgeStack, type StackCondition } from './condition.ts';
import { makeStackPaths } from './paths.ts';
import { type Registry, reservePorts, withRegistry } from './registry.ts';
import { requireStack } from './running-stack.ts';
import { startStack } from './start.ts';
import { readStackState, writeStackState } from './state-file.ts';
import { findStateRoot, openStateRoot } from './state-root.ts';

let root: string;
let worktree: Worktree;

beforeEach(() => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'obs-books-')));
  root = join(folder, 'state');
  mkdirSync(root);
  mkdirSync(join(folder, 'tree'));
  worktree = findWorktree(join(folder, 'tree'));
});
afterEach(() => rmSync(join(root, '..'), { recursive: true, force: true }));

const alive = readOwnMark();
const dead = { ...alive, startTime: '1' };

function makeState(change: Partial<StackState>): StackState {
  return {
    version: stackStateVersion,
    stackId: makeStackId(worktree.path),
    worktree: worktree.path,
    gitDir: worktree.gitDir,
    worktreeBirth: worktree.birth,
    branch: null,
    place: null,
    runtime: 'embedded',
    runtimeReason: 'test',
    state: 'ready',
    startedAt: '2026-01-01T00:00:00.000Z',
    readyMs: 1,
    basePort: 20_000,
    token: 't',
    starter: null,
    keeper: null,
    lease: { ttlMs: 1, expiresAtMs: 1 },
    dockerListen: null,
    backend: null,
    obsVersion: '0.0.0',
    limits: { memoryBytes: 1, retentionMs: 1 },
    redact: null,
    runs: [],
    journeys: [],
    ...change,
  };
}

function save(change: Partial<StackState>): string {
  const paths = makeStackPaths(root, makeStackId(worktree.path));
  writeStackState(paths.stateFile, makeState(change));
  return paths.stateFile;
}

const conditions: { name: string; state: Partial<StackState>; spawned?: object; condition: StackCondition }[] = [
  { name: 'ready with a live keeper', state: { keeper: alive }, condition: 'running' },
  { name: 'ready with a dead keeper', state: { keeper: dead }, condition: 'died' },
  { name: 'degraded with a live keeper', state: { state: 'degraded', keeper: alive }, condition: 'running' },
  { name: 'starting by a live up', state: { state: 'starting', starter: alive }, condition: 'starting' },
  { name: 'starting by a dead up', state: { state: 'starting', starter: dead }, condition: 'died' },
  {
    name: 'starting by a dead up whose keeper lives',
    state: { state: 'starting', starter: dead },
    spawned: alive,
    condition: 'starting',
  },
  { name: 'ready, probe under way', state: { keeper: alive, starter: alive }, condition: 'starting' },
  { name: 'ready, its up killed before the probe', state: { keeper: alive, starter: dead }, condition: 'running' },
  { name: 'stopping with a live keeper', state: { state: 'stopping', keeper: alive }, condition: 'stopping' },
  { name: 'stopping with a dead keeper', state: { state: 'stopping', keeper: dead }, condition: 'stopped' },
  { name: 'stopped', state: { state: 'stopped' }, condition: 'stopped' },
];

describe('a state means', () => {
  test.each(conditions)('$condition: $name', ({ state, spawned, condition }) => {
    const keeperMark = join(root, 'mark.json');
    if (spawned !== undefined) writeFileSync(keeperMark, JSON.stringify(spawned));
    expect(judgeStack(makeState(state), { keeperMark })).toBe(condition);
  });

  test('absent: no state at all', () => {
    expect(judgeStack(undefined, { keeperMark: '' })).toBe('absent');
  });
});

describe('a verb that needs a running stack', () => {
  const require = () => requireStack({ root, worktree, startWaitMs: 20 });

  test('is told that there is none', async () => {
    await expect(require()).rejects.toMatchObject({ code: 'OBS_NO_STACK', fix: 'obs up' });
  });

  test('is told that the keeper died, with the last lines of its log', async () => {
    save({ keeper: dead });
    const { keeperLog } = makeStackPaths(root, makeStackId(worktree.path));
    writeFileSync(keeperLog, 'first\nlast\n');
    await expect(require()).rejects.toMatchObject({ code: 'OBS_KEEPER_DIED', data: { lastLines: ['first', 'last'] } });
  });

  test('waits for an up that is under way, but not for ever', async () => {
    save({ state: 'starting', starter: alive });
    await expect(require()).rejects.toMatchObject({ code: 'OBS_STACK_STARTING', data: { starterPid: process.pid } });
  });

  test('finds nothing in what an earlier worktree at this path left', async () => {
    save({ keeper: alive, worktreeBirth: '1:1' });
    await expect(require()).rejects.toMatchObject({ code: 'OBS_NO_STACK' });
  });

  test('refuses a damaged state and one of another version', async () => {
    const file = save({});
    writeFileSync(file, '{"version":1}');
    await expect(require()).rejects.toMatchObject({ code: 'OBS_STATE_BROKEN' });
    writeFileSync(file, '{"version":7,"obsVersion":"3.0.0"}');
    await expect(require()).rejects.toMatchObject({
      code: 'OBS_STATE_VERSION',
      fix: 'npx worktree-obs@3.0.0 down',
    });
  });
});

describe('up', () => {
  const up = (askedRuntime?: 'embedded') =>
    startStack({
      root,
      worktree,
      askedRuntime,
      settings: { ...configSchema.parse({}), pull: false, grafana: false, env: {} },
      wishes: {
        redact: null,
        runtime: 'embedded',
        runtimeReason: 'test',
        ttlMs: 1000,
        limits: { memoryBytes: 1e6, retentionMs: 1000 },
      },
      startedAtMs: 0,
      nowMs: Date.now,
      progress: () => {},
      waitsMs: { starting: 20, stopping: 20 },
    });

  test('gives up on a stack that another process starts and never finishes', async () => {
    save({ state: 'starting', starter: alive });
    await expect(up()).rejects.toMatchObject({ code: 'OBS_STACK_STARTING' });
  });

  test('gives up on a stack that never stops', async () => {
    save({ state: 'stopping', keeper: alive });
    await expect(up()).rejects.toMatchObject({ code: 'OBS_STACK_STOPPING' });
  });

  test('keeps the runtime of a running stack', async () => {
    save({ runtime: 'docker', keeper: alive });
    await expect(up('embedded')).rejects.toMatchObject({
      code: 'OBS_RUNTIME_KEPT',
      fix: 'obs down && obs up --runtime embedded',
    });
  });
});

describe('the registry', () => {
  const request = (path: string, listening: number[] = []) => ({
    stackId: makeStackId(path),
    worktree: { ...worktree, path },
    nowMs: 0,
    listeningPorts: () => new Set(listening),
  });

  test('gives a worktree the same block again, and two worktrees with one first choice different ones', () => {
    const registry: Registry = { version: 1, stacks: {} };
    const first = reservePorts(registry, request('/a'));
    expect(first % 16).toBe(20_000 % 16);
    expect(reservePorts(registry, request('/a', [first]))).toBe(first);
    const rival = { ...request('/b'), stackId: makeStackId('/a').replace(/.$/, 'x') };
    expect(reservePorts(registry, rival)).toBe(first + 16);
  });

  test('goes round at the end of the range, and says when every block is taken', () => {
    const registry: Registry = { version: 1, stacks: {} };
    const bases = Array.from({ length: 798 }, (_, index) => reservePorts(registry, request(`/tree/${index}`)));
    expect(new Set(bases).size).toBe(798);
    expect(Math.max(...bases) + 15).toBeLessThanOrEqual(32_767);
    expect(Math.min(...bases)).toBe(20_000);
    expect(() => reservePorts(registry, request('/one/more'))).toThrow(
      expect.objectContaining({ code: 'OBS_NO_FREE_PORTS', fix: 'obs gc' }),
    );
  });

  test('names the process that keeps it locked', async () => {
    await withRegistry(root, async () => {
      const second = withRegistry(root, () => 'never', { lockTimeoutMs: 20 });
      await expect(second).rejects.toMatchObject({ code: 'OBS_STATE_LOCKED', data: { pid: process.pid } });
    });
  });

  test('that is damaged is refused, not replaced', async () => {
    writeFileSync(join(root, 'registry.json'), '{');
    await expect(withRegistry(root, () => {})).rejects.toMatchObject({ code: 'OBS_REGISTRY_BROKEN' });
  });
});

describe('the state folder', () => {
  test.each([
    [{ OBS_STATE_DIR: '/a', XDG_STATE_HOME: '/b', TMPDIR: '/c' }, '/a'],
    [{ XDG_STATE_HOME: '/b', TMPDIR: '/c' }, '/b/obs'],
    [{ TMPDIR: '/c' }, `/c/obs-${process.getuid?.()}`],
  ])('for %j is %s', (env, folder) => {
    expect(findStateRoot(env)).toBe(folder);
  });

  test.runIf(process.getuid?.() === 0)('of another user is refused', () => {
    chownSync(root, 12_345, 12_345);
    expect(() => openStateRoot({ OBS_STATE_DIR: root })).toThrow(
      expect.objectContaining({ code: 'OBS_STATE_FOREIGN' }),
    );
  });

  test('keeps a state through write and read', () => {
    const file = save({ branch: 'x' });
    expect(readStackState(file)).toEqual(makeState({ branch: 'x' }));
  });
});
