// What may happen to a stack from outside: killed at any step, its worktree removed, its state left from another boot.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readOwnMark } from '../../src/std/process-identity.ts';
import { collect, git, Sandbox, type StackAnswer, sendLogLine, until, untilGone } from './harness.ts';

const timeoutMs = 120_000;

let sandbox: Sandbox;
let repository: string;

beforeEach(() => {
  sandbox = new Sandbox();
  repository = sandbox.makeRepository('repository');
});
afterEach(() => sandbox.dispose());

function editState(stackId: string, change: Record<string, unknown>): void {
  const state = { ...sandbox.readState(stackId), ...change };
  writeFileSync(join(sandbox.stackDir(stackId), 'state.json'), JSON.stringify(state));
}

async function killKeeper({ id }: StackAnswer): Promise<void> {
  const { keeper } = sandbox.readState(id);
  if (keeper === null) throw new Error('no keeper in the state');
  process.kill(keeper.pid, 'SIGKILL');
  await untilGone(keeper);
}

async function expectNothingLeft(): Promise<void> {
  expect((await sandbox.run(['down'], { cwd: repository })).code).toBe(0);
  expect(sandbox.listKeepers()).toEqual([]);
  expect(sandbox.listStacks()).toEqual([]);
}

/** The steps of `up`, by what they leave on disk. */
const steps: { name: string; reached: (dir: string) => boolean }[] = [
  { name: 'the claim', reached: (dir) => existsSync(join(dir, 'state.json')) },
  { name: 'the spawn of the keeper', reached: (dir) => existsSync(join(dir, 'keeper.mark.json')) },
  {
    name: 'the takeover by the keeper',
    reached: (dir) => /"state": "ready"/.test(readIfThere(join(dir, 'state.json'))),
  },
];

function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

describe('kill -9 of up', { timeout: timeoutMs }, () => {
  test.each(steps)('after $name: the next up has one stack, and down leaves nothing', async ({ reached }) => {
    const id = (await sandbox.up(repository)).id;
    await sandbox.run(['down'], { cwd: repository });
    const child = sandbox.spawn(['up'], { cwd: repository });
    const ended = collect(child);
    await until(() => reached(sandbox.stackDir(id)) || child.exitCode !== null);
    child.kill('SIGKILL');
    await ended;
    expect(await sandbox.up(repository)).toMatchObject({ id, state: 'ready' });
    expect(sandbox.listKeepers()).toHaveLength(1);
    await expectNothingLeft();
  });

  test('at once: down cleans up what the killed one had begun', async () => {
    const child = sandbox.spawn(['up'], { cwd: repository });
    const ended = collect(child);
    await until(() => sandbox.listStacks().length > 0);
    child.kill('SIGKILL');
    await ended;
    await expectNothingLeft();
  });
});

describe('the probe that proves a stack ready', { timeout: timeoutMs }, () => {
  test('is forgotten once it came back, also by the keeper that replays the log', async () => {
    const first = await sandbox.up(repository);
    await killKeeper(first);
    const { endpoints } = await sandbox.up(repository);
    const ask = async (url: string) => (await fetch(url)).json();
    expect(await ask(`${endpoints.loki}/loki/api/v1/label/service_name/values`)).not.toHaveProperty('data.0');
    expect(await ask(`${endpoints.prometheus}/api/v1/label/__name__/values`)).toMatchObject({ data: [] });
    expect(await ask(`${endpoints.tempo}/api/search/tag/service.name/values`)).toMatchObject({ tagValues: [] });
  });
});

describe('Ctrl-C', { timeout: timeoutMs }, () => {
  test('during up leaves nothing', async () => {
    const child = sandbox.spawn(['up'], { cwd: repository });
    const ended = collect(child);
    await until(() => sandbox.listStacks().length > 0);
    child.kill('SIGINT');
    expect((await ended).code).toBe(130);
    expect(sandbox.listKeepers()).toEqual([]);
    expect(sandbox.listStacks()).toEqual([]);
  });
});

describe('a stack that was left behind', { timeout: timeoutMs }, () => {
  test('by another boot of the machine is started again with its data', async () => {
    const first = await sandbox.up(repository);
    await sendLogLine(first);
    await killKeeper(first);
    editState(first.id, { keeper: { ...readOwnMark(), bootId: 'an earlier boot' } });
    expect(await sandbox.up(repository)).toMatchObject({ id: first.id, endpoints: first.endpoints });
    const { stdout } = await sandbox.run(['status', '--json'], { cwd: repository });
    expect(JSON.parse(stdout).stack.usage.logs.records).toBe(1);
  });

  test('with a re-used pid is not taken for alive, and down does not touch the stranger', async () => {
    const first = await sandbox.up(repository);
    await killKeeper(first);
    // This very test process plays the stranger that got the pid.
    editState(first.id, { keeper: { ...readOwnMark(), startTime: '1' } });
    expect(await sandbox.fail(['status'], { cwd: repository })).toMatchObject({ code: 'OBS_KEEPER_DIED' });
    await expectNothingLeft();
  });

  test('starting, by an up that is gone, is started again', async () => {
    const first = await sandbox.up(repository);
    await killKeeper(first);
    editState(first.id, { state: 'starting', keeper: null, starter: { ...readOwnMark(), startTime: '1' } });
    expect(await sandbox.up(repository)).toMatchObject({ id: first.id, state: 'ready' });
  });

  test('with its state file lost: the own orphan on its ports is ended, not reported as a stranger', async () => {
    const first = await sandbox.up(repository);
    const { keeper } = sandbox.readState(first.id);
    rmSync(join(sandbox.stackDir(first.id), 'state.json'));
    expect(await sandbox.up(repository)).toMatchObject({ endpoints: first.endpoints });
    expect(sandbox.listKeepers()).not.toContain(keeper?.pid);
    expect(sandbox.listKeepers()).toHaveLength(1);
  });

  test('with a damaged state says so, and down removes it with its keeper', async () => {
    const { id } = await sandbox.up(repository);
    writeFileSync(join(sandbox.stackDir(id), 'state.json'), '{"version":1,"stackId"');
    expect(await sandbox.fail(['status'], { cwd: repository })).toMatchObject({
      code: 'OBS_STATE_BROKEN',
      exit: 4,
      fix: 'obs down',
    });
    await expectNothingLeft();
  });

  test('by a newer obs names that version, and is not touched', async () => {
    const { id } = await sandbox.up(repository);
    await killKeeper({ id } as StackAnswer);
    editState(id, { version: 99, obsVersion: '9.9.9' });
    for (const verb of ['up', 'status', 'down']) {
      expect(await sandbox.fail([verb], { cwd: repository })).toMatchObject({
        code: 'OBS_STATE_VERSION',
        exit: 4,
        fix: 'npx worktree-obs@9.9.9 down',
      });
    }
    const listed = await sandbox.run(['ps', '--json'], { cwd: repository });
    expect(JSON.parse(listed.stdout).stacks).toMatchObject([{ id, condition: 'unreadable' }]);
    expect(sandbox.listStacks()).toEqual([id]);
  });
});

describe('a worktree that goes', { timeout: timeoutMs }, () => {
  test('takes its stack along with the next gc, whose dry run lists the same', async () => {
    git(repository, 'worktree', 'add', '-q', '../linked');
    const gone = await sandbox.up(join(sandbox.root, 'linked'));
    const kept = await sandbox.up(repository);
    await killKeeper(gone);
    git(repository, 'worktree', 'remove', '--force', '../linked');
    const dry = JSON.parse((await sandbox.run(['gc', '--dry-run', '--json'], { cwd: repository })).stdout);
    expect(dry.removed).toMatchObject([
      { kind: 'stack', stackId: gone.id, reason: 'its worktree is gone' },
      { kind: 'reservation', stackId: gone.id },
    ]);
    const real = JSON.parse((await sandbox.run(['gc', '--json'], { cwd: repository })).stdout);
    expect(real.removed).toEqual(dry.removed);
    expect(sandbox.listStacks()).toEqual([kept.id]);
    const again = JSON.parse((await sandbox.run(['gc', '--json'], { cwd: repository })).stdout);
    expect(again.removed).toEqual([]);
  });

  test('and comes again at the same path gets a new stack on the same ports, without the old data', async () => {
    git(repository, 'worktree', 'add', '-q', '../linked');
    const path = join(sandbox.root, 'linked');
    // Birth times have the grain of the kernel's clock; files follow the directory in any real checkout.
    await new Promise((done) => setTimeout(done, 25));
    writeFileSync(join(path, 'a'), '');
    const before = await sandbox.up(path);
    await sendLogLine(before);
    rmSync(path, { recursive: true });
    git(repository, 'worktree', 'prune');
    git(repository, 'worktree', 'add', '-q', '-f', '../linked', 'linked');
    await new Promise((done) => setTimeout(done, 25));
    writeFileSync(join(path, 'a'), '');
    const after = await sandbox.up(path);
    expect(after.endpoints).toEqual(before.endpoints);
    const { stdout } = await sandbox.run(['status', '--json'], { cwd: path });
    expect(JSON.parse(stdout).stack.usage.logs.records).toBe(0);
    expect(sandbox.listKeepers()).toHaveLength(1);
  });

  test('is noticed by the up of another worktree too', async () => {
    const other = sandbox.makeRepository('other');
    const gone = await sandbox.up(other);
    await killKeeper(gone);
    rmSync(other, { recursive: true });
    const kept = await sandbox.up(repository);
    expect(sandbox.listStacks()).toEqual([kept.id]);
  });
});

describe('down', { timeout: timeoutMs }, () => {
  test('leaves the stack of another worktree running', async () => {
    const other = sandbox.makeRepository('other');
    const stays = await sandbox.up(other);
    await sandbox.up(repository);
    await sandbox.run(['down'], { cwd: repository });
    const { stdout } = await sandbox.run(['status', '--json'], { cwd: other });
    expect(JSON.parse(stdout).stack.id).toBe(stays.id);
  });

  test('--all wants to be confirmed, and then stops every stack of this user', async () => {
    const other = sandbox.makeRepository('other');
    mkdirSync(join(repository, 'deep'));
    await sandbox.upAll([other, join(repository, 'deep')]);
    expect(await sandbox.fail(['down', '--all'], { cwd: '/' })).toMatchObject({ code: 'OBS_NOT_CONFIRMED', exit: 2 });
    const all = await sandbox.run(['down', '--all', '--yes', '--json'], { cwd: '/' });
    expect(JSON.parse(all.stdout).stopped).toHaveLength(2);
    expect(sandbox.listKeepers()).toEqual([]);
  });
});
