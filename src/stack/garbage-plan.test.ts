// What is judged to be garbage, what is left alone, and what cannot be judged from here.
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { makeStackId } from '../model/ids.ts';
import { type StackState, stackStateVersion } from '../model/stack-state.ts';
import type { LabelledStack, Runtime } from '../runtimes/runtime.ts';
import { readPlace } from '../std/place.ts';
import { readOwnMark } from '../std/process-identity.ts';
import { readWorktreeBirth } from '../worktree/birth.ts';
import { planGarbage } from './garbage-plan.ts';
import { collectGarbage } from './gc.ts';
import { makeStackPaths } from './paths.ts';
import { readRegistry, withRegistry } from './registry.ts';
import { readStackState, writeStackState } from './state-file.ts';

const nowMs = Date.UTC(2026, 5, 1);
const weekMs = 7 * 86_400_000;

let folder: string;
let root: string;
let tree: string;
let notes: string[];

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'obs-garbage-')));
  root = join(folder, 'state');
  tree = join(folder, 'tree');
  mkdirSync(root);
  mkdirSync(tree);
  notes = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const gone = () => join(folder, 'gone');
const dead = { ...readOwnMark(), startTime: '1' };
const elsewhere = { ...readPlace(), mountNamespace: 'mnt:[1]' };

function save(worktree: string, change: Partial<StackState> = {}): string {
  const stackId = makeStackId(worktree);
  writeStackState(makeStackPaths(root, stackId).stateFile, {
    version: stackStateVersion,
    stackId,
    worktree,
    gitDir: null,
    worktreeBirth: readWorktreeBirth(worktree) ?? '1:1',
    branch: null,
    place: readPlace(),
    runtime: 'embedded',
    runtimeReason: 'test',
    state: 'stopped',
    startedAt: '2026-01-01T00:00:00.000Z',
    readyMs: 1,
    basePort: 20_000,
    token: 't',
    starter: null,
    keeper: null,
    lease: { ttlMs: 1, expiresAtMs: nowMs },
    dockerListen: null,
    backend: null,
    obsVersion: '0.0.0',
    limits: { memoryBytes: 1, retentionMs: 1 },
    redact: null,
    runs: [],
    journeys: [],
    ...change,
  });
  return stackId;
}

/** An engine that holds the given stacks; what is removed from it is gone. */
function makeEngine(stacks: LabelledStack[]): Runtime & { stacks: LabelledStack[] } {
  return {
    name: 'docker',
    stacks,
    examine: async () => ({ usable: true, reason: '' }),
    start: async () => {},
    stop: async () => [],
    labelled: {
      list: async () => stacks,
      remove: async (stackId) => {
        const at = stacks.findIndex((stack) => stack.stackId === stackId && !stack.foreign);
        stacks.splice(at, 1);
        return [];
      },
    },
  };
}

const request = (runtimes: readonly Runtime[] = []) => ({
  root,
  nowMs,
  runtimes,
  progress: (line: string) => void notes.push(line),
});
const parts = (worktree: string, change: Partial<LabelledStack> = {}): LabelledStack => ({
  stackId: makeStackId(worktree),
  worktree,
  parts: ['loki', 'tempo'],
  foreign: false,
  ...change,
});

describe('a stack', () => {
  const cases: { name: string; at: () => string; state?: Partial<StackState>; kind?: string; reason?: string }[] = [
    { name: 'that runs is kept', at: () => tree, state: { state: 'ready', keeper: readOwnMark() } },
    {
      name: 'that stopped less than a week ago is kept',
      at: () => tree,
      state: { lease: { ttlMs: 1, expiresAtMs: nowMs - weekMs } },
    },
    {
      name: 'that nobody woke for more than a week goes',
      at: () => tree,
      state: { lease: { ttlMs: 1, expiresAtMs: nowMs - weekMs - 1 } },
      kind: 'stack',
      reason: 'it has not been used since 2026-05-24T23:59:59.999Z',
    },
    { name: 'whose worktree is gone goes', at: gone, kind: 'stack', reason: 'its worktree is gone' },
    {
      name: 'whose worktree is another one by now goes',
      at: () => tree,
      state: { worktreeBirth: '1:1' },
      kind: 'stack',
      reason: 'its worktree is gone',
    },
    {
      name: 'whose embedded keeper was killed is kept: nothing of it runs',
      at: () => tree,
      state: { state: 'ready', keeper: dead },
    },
    {
      name: 'whose keeper was killed beside its servers loses those and keeps its data',
      at: () => tree,
      state: { state: 'ready', keeper: dead, runtime: 'native' },
      kind: 'servers',
      reason: 'its keeper was killed',
    },
    {
      name: 'whose up was killed between two containers loses those',
      at: () => tree,
      state: { state: 'starting', starter: dead, runtime: 'docker' },
      kind: 'servers',
      reason: 'its keeper was killed',
    },
  ];
  test.each(cases)('$name', async ({ at, state = {}, kind, reason }) => {
    const stackId = save(at(), state);
    const { garbage, foreign } = await planGarbage(request());
    expect(garbage).toEqual(kind === undefined ? [] : [expect.objectContaining({ kind, reason, stackId })]);
    expect(foreign).toEqual([]);
  });

  test.each([
    { name: 'another mount namespace', place: elsewhere },
    { name: 'another machine', place: { ...readPlace(), machine: 'other' } },
  ])('of $name is listed as foreign and survives', async ({ place }) => {
    const stackId = save(gone(), { place });
    const { garbage, foreign } = await collectGarbage(request());
    expect(garbage).toEqual([]);
    expect(foreign).toMatchObject([{ kind: 'stack', stackId }]);
    expect((await planGarbage(request())).foreign).toHaveLength(1);
  });

  test('of a version that kept no place is judged as one from here', async () => {
    save(gone(), { place: null });
    expect((await planGarbage(request())).garbage).toHaveLength(1);
  });

  test('of a newer obs is listed as foreign, and does not stop the removal of others', async () => {
    const newer = makeStackPaths(root, makeStackId(gone()));
    save(gone());
    writeFileSync(newer.stateFile, '{"version":99,"obsVersion":"9.9.9"}');
    const other = save(`${gone()}-too`);
    const { garbage, foreign } = await collectGarbage(request());
    expect(garbage).toMatchObject([{ stackId: other }]);
    expect(foreign).toMatchObject([{ what: newer.dir, reason: 'it was started by another version of obs' }]);
  });
});

describe('what is started between the plan and the removal', () => {
  const startMeanwhile = (worktree: string) => {
    const engine = makeEngine([]);
    // An engine is asked after the folders were read.
    const list = async () => {
      save(worktree, { state: 'starting', token: 'new', starter: readOwnMark() });
      return [];
    };
    return { ...engine, labelled: { list, remove: async () => [] } };
  };

  test('in a folder that had no state yet is kept', async () => {
    const { dir, stateFile } = makeStackPaths(root, makeStackId(tree));
    mkdirSync(dir, { recursive: true });
    await collectGarbage(request([startMeanwhile(tree)]));
    expect(existsSync(stateFile)).toBe(true);
  });

  test('at the path of a worktree that was gone is kept', async () => {
    const { stateFile } = makeStackPaths(root, save(tree, { worktreeBirth: '1:1' }));
    await collectGarbage(request([startMeanwhile(tree)]));
    expect(readStackState(stateFile)?.token).toBe('new');
  });

  test('is told from an empty folder, which goes', async () => {
    const { dir } = makeStackPaths(root, makeStackId(tree));
    mkdirSync(dir, { recursive: true });
    await collectGarbage(request());
    expect(existsSync(dir)).toBe(false);
  });
});

describe('what bears our labels in an engine', () => {
  test('goes when its worktree is gone and no folder knows of it, and nothing else does', async () => {
    const engine = makeEngine([
      parts(gone()),
      parts(tree),
      parts(`${gone()}-of-another-machine`, { foreign: true }),
      parts(`${gone()}-with-a-folder`),
    ]);
    save(`${gone()}-with-a-folder`, { place: elsewhere });
    const { garbage, foreign } = await collectGarbage(request([engine]));
    expect(garbage).toEqual([
      {
        kind: 'parts',
        stackId: makeStackId(gone()),
        worktree: gone(),
        what: 'loki, tempo',
        reason: 'its worktree is gone',
      },
    ]);
    expect(foreign.map(({ kind }) => kind).sort()).toEqual(['parts', 'stack']);
    expect(engine.stacks).toHaveLength(3);
  });

  test('stays unknown when the engine does not answer, and says so', async () => {
    const { labelled: _, ...engine } = makeEngine([]);
    const list = () => Promise.reject(new Error('connection refused'));
    const remove = () => Promise.reject(new Error('not reached'));
    const { garbage } = await planGarbage(request([{ ...engine, labelled: { list, remove } }]));
    expect(garbage).toEqual([]);
    expect(notes).toEqual(['docker: cannot be asked for leftovers: connection refused']);
  });
});

describe('a reservation of ports', () => {
  const reserve = (worktree: string, place: StackState['place']) =>
    withRegistry(root, (registry) => {
      registry.stacks[makeStackId(worktree)] = {
        worktree,
        gitDir: null,
        worktreeBirth: '1:1',
        basePort: 20_000,
        place,
        reservedAt: '2026-01-01T00:00:00.000Z',
      };
    });

  test.each([
    { name: 'goes with its worktree', at: gone, place: readPlace(), left: 0 },
    { name: 'is inherited by a directory made anew at its path', at: () => tree, place: readPlace(), left: 1 },
    { name: 'of another mount namespace stays', at: gone, place: elsewhere, left: 1 },
  ])('$name', async ({ at, place, left }) => {
    await reserve(at(), place);
    const { garbage } = await collectGarbage(request());
    expect(garbage).toHaveLength(1 - left);
    expect(Object.keys(readRegistry(root).stacks)).toHaveLength(left);
  });
});
