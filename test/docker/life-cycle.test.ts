// What may happen to a stack of containers: killed at any step, containers stopped or removed by hand, things in the engine
// that look like ours and are not.
import { rmSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { collect, type Sandbox, type StackAnswer, sendLogLine, until, untilGone } from '../stack/harness.ts';
import { docker, findContainer, findVolumes, listMade, listVolumes, makeSandbox, removeMade } from './engine.ts';

const dockerFlags = ['--runtime', 'docker'];

let sandbox: Sandbox;
let repository: string;
const volumes: string[] = [];

beforeEach(() => {
  sandbox = makeSandbox();
  repository = sandbox.makeRepository('repository');
  volumes.length = 0;
});
afterEach(async () => {
  await sandbox.dispose();
  await removeMade();
});

async function up(...flags: string[]): Promise<StackAnswer> {
  const stack = await sandbox.up(repository, ...dockerFlags, ...flags);
  volumes.push(...(await listVolumes(stack.id)));
  return stack;
}

async function expectNothingLeft(): Promise<void> {
  expect(await listMade()).toEqual([]);
  expect(await findVolumes(volumes)).toEqual([]);
  expect(sandbox.listKeepers()).toEqual([]);
}

async function countLogLines(cwd = repository): Promise<number> {
  const answer = await sandbox.run(['logs', '{service_name="web"}', '--json'], { cwd });
  return answer.stdout.split('"hello"').length - 1;
}

async function killKeeper({ id }: StackAnswer): Promise<void> {
  const { keeper } = sandbox.readState(id);
  if (keeper === null) throw new Error('no keeper in the state');
  process.kill(keeper.pid, 'SIGKILL');
  await untilGone(keeper);
}

/** A moment of `up`, by what is in the engine then. */
const moments: { name: string; reached: (made: readonly string[]) => boolean }[] = [
  { name: 'the network', reached: (made) => made.length >= 1 },
  { name: 'the first container', reached: (made) => made.length >= 2 },
  { name: 'all containers', reached: (made) => made.length >= 4 },
];

describe('an up that is killed', () => {
  test.each(moments)('after $name leaves nothing that the next up and down do not remove', async ({ reached }) => {
    const child = sandbox.spawn(['up', ...dockerFlags], { cwd: repository });
    const ended = collect(child);
    await until(async () => reached(await listMade()));
    child.kill('SIGKILL');
    await ended;
    const { id } = await up();
    expect(await listMade(id)).toHaveLength(4);
    expect((await sandbox.run(['down'], { cwd: repository })).code).toBe(0);
    await expectNothingLeft();
  });

  test('in a worktree that is gone by then is cleared away by gc, which names it first', async () => {
    const child = sandbox.spawn(['up', ...dockerFlags], { cwd: repository });
    const ended = collect(child);
    await until(async () => (await listMade()).length >= 2);
    child.kill('SIGKILL');
    await ended;
    rmSync(repository, { recursive: true });
    const planned = await sandbox.run(['gc', '--dry-run', '--json'], { cwd: sandbox.root });
    expect(await listMade()).not.toEqual([]);
    const removed = await sandbox.run(['gc', '--json'], { cwd: sandbox.root });
    expect(JSON.parse(removed.stdout).removed).toEqual(JSON.parse(planned.stdout).removed);
    await expectNothingLeft();
  });

  test('by Ctrl-C leaves nothing at all', async () => {
    const child = sandbox.spawn(['up', ...dockerFlags], { cwd: repository });
    const ended = collect(child);
    await until(async () => (await listMade()).length >= 2);
    child.kill('SIGINT');
    expect((await ended).code).toBe(130);
    await expectNothingLeft();
    expect(sandbox.listStacks()).toEqual([]);
  });
});

describe('data', () => {
  test('outlives a killed keeper, in the containers that go on', async () => {
    const first = await up();
    const before = await listMade(first.id);
    await sendLogLine(first);
    await killKeeper(first);
    expect(await up()).toMatchObject({ endpoints: first.endpoints });
    expect(await listMade(first.id)).toEqual(before);
    await until(async () => (await countLogLines()) === 1);
  });

  test('outlives a lease: the containers are stopped when it runs out, and up wakes them', async () => {
    const first = await up('--ttl', '4s');
    await sendLogLine(first);
    await until(() => sandbox.listKeepers().length === 0);
    const { State } = await (await findContainer(first.id, 'loki')).inspect();
    expect(State.Running).toBe(false);
    await up();
    await until(async () => (await countLogLines()) === 1);
    await sandbox.run(['down'], { cwd: repository });
    await expectNothingLeft();
  });

  test('goes with the worktree: the keeper takes the containers with it', async () => {
    await up();
    rmSync(repository, { recursive: true });
    await until(async () => (await listMade()).length === 0 && sandbox.listKeepers().length === 0);
    await expectNothingLeft();
  });
});

describe('a server', () => {
  test('that was stopped makes up fail and name it, whichever it is', async () => {
    const { id } = await up();
    for (const role of ['loki', 'prometheus', 'tempo']) {
      const container = await findContainer(id, role);
      await container.stop({ t: 0 });
      const error = await sandbox.fail(['up'], { cwd: repository });
      expect(error).toMatchObject({ exit: 4, code: 'OBS_CONTAINER_STOPPED' });
      expect(error.message).toContain(`${role} of this stack does not run`);
      expect(error.fix).toMatch(/^docker start obs-/);
      await container.start();
    }
    await until(async () => (await sandbox.run(['up'], { cwd: repository })).code === 0);
  });

  test('that was removed by hand is said to be gone', async () => {
    const { id } = await up();
    await (await findContainer(id, 'tempo')).remove({ force: true, v: true });
    expect(await sandbox.fail(['up'], { cwd: repository })).toMatchObject({ fix: 'obs down && obs up' });
  });
});

describe('down', () => {
  test('leaves the stack of another worktree running', async () => {
    const other = sandbox.makeRepository('other');
    const [, stays] = await sandbox.upAll([repository, other], ...dockerFlags);
    const before = await listMade(stays?.id);
    await sandbox.run(['down'], { cwd: repository });
    expect(await listMade()).toEqual(before);
    expect((await sandbox.run(['up'], { cwd: other })).code).toBe(0);
  });

  test('finds the engine of up under another DOCKER_HOST, too', async () => {
    await up();
    await sandbox.run(['down'], { cwd: repository, env: { DOCKER_HOST: 'unix:///nonexistent/docker.sock' } });
    await expectNothingLeft();
  });

  test('and gc leave alone what only looks like ours', async () => {
    const { id } = await up();
    const image = (await (await findContainer(id, 'loki')).inspect()).Config.Image;
    const ofOthers = {
      'worktree-obs.stack': id,
      'worktree-obs.worktree': repository,
      'worktree-obs.user': '0',
      'worktree-obs.machine': 'another',
      'worktree-obs.mount-namespace': 'mnt:[1]',
    };
    const lookalikes = [
      { name: `obs-${id}-loki-unlabelled`, Image: image },
      { name: `obs-${id}-loki-foreign`, Image: image, Labels: ofOthers },
    ];
    const network = await docker.createNetwork({ Name: `obs-${id}-foreign`, Labels: ofOthers });
    const containers = await Promise.all(lookalikes.map((options) => docker.createContainer(options)));
    await sandbox.run(['down'], { cwd: repository });
    const collected = await sandbox.run(['gc', '--json'], { cwd: repository });
    expect(JSON.stringify(JSON.parse(collected.stdout).foreign)).toContain(id);
    expect(await listMade()).toEqual([`obs-${id}-foreign`, `obs-${id}-loki-foreign`]);
    for (const container of containers) await container.remove();
    await network.remove();
    await expectNothingLeft();
  });
});

test('a second network of the same name does not stand in the way', async () => {
  const stack = await up();
  const filters = { label: [`worktree-obs.stack=${stack.id}`] };
  const [network] = await docker.listNetworks({ filters });
  if (network === undefined) throw new Error('no network');
  // Engines before 25.0 make it without complaint; newer ones answer 409.
  const second = docker.createNetwork({ Name: network.Name, Labels: network.Labels });
  await second.catch((error) => expect(error).toMatchObject({ statusCode: 409 }));
  await killKeeper(stack);
  await up();
  expect(await listMade(stack.id)).toHaveLength(4);
});
