// Stacks in numbers: fifty worktrees at once, fifty rounds, and `up` killed at random moments.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { collect, Sandbox } from '../stack/harness.ts';

const timeoutMs = 900_000;
const crowd = 50;
const kills = 15;
/** Twice what a keeper takes to see that its state is gone (src/keeper/state/state-watch.ts), and a second to end. */
const unknownKeeperMs = 5_000;

let sandbox: Sandbox;

beforeEach(() => {
  sandbox = new Sandbox();
});
afterEach(() => sandbox.dispose());

/** A small generator with a seed, so that a failure can be repeated (mulberry32). */
function makeRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

test(`${crowd} worktrees brought up in parallel never share a port, and ps shows all of them`, {
  timeout: timeoutMs,
}, async () => {
  const repositories = Array.from({ length: crowd }, (_, index) => sandbox.makeRepository(`tree-${index}`));
  const stacks = await sandbox.upAll(repositories);
  const ports = stacks.flatMap((stack) => Object.values(stack.endpoints).map((url) => new URL(url).port));
  expect(new Set(ports).size).toBe(crowd * 5);
  const listed = await sandbox.run(['ps', '--json'], { cwd: sandbox.root });
  expect(JSON.parse(listed.stdout).stacks).toHaveLength(crowd);
  await sandbox.run(['down', '--all', '--yes'], { cwd: sandbox.root });
  expect(sandbox.listKeepers()).toEqual([]);
});

test(`${crowd} up at once in one worktree make one stack`, { timeout: timeoutMs }, async () => {
  const repository = sandbox.makeRepository('repository');
  const answers = await sandbox.upAll(Array.from({ length: crowd }, () => repository));
  for (const answer of answers) expect(answer).toEqual(answers[0]);
  expect(sandbox.listKeepers()).toHaveLength(1);
});

test(`${crowd} times down and up keep the ports`, { timeout: timeoutMs }, async () => {
  const repository = sandbox.makeRepository('repository');
  const { endpoints } = await sandbox.up(repository);
  for (let round = 0; round < crowd; round += 1) {
    await sandbox.run(['down'], { cwd: repository });
    expect((await sandbox.up(repository)).endpoints).toEqual(endpoints);
  }
});

test(`${kills} kill -9 of up at random moments leave one stack, which down removes`, {
  timeout: timeoutMs,
}, async () => {
  const seed = Number(process.env.OBS_SEED ?? 1);
  const random = makeRandom(seed);
  const repository = sandbox.makeRepository('repository');
  const begin = performance.now();
  await sandbox.up(repository);
  // Kills fall into all of an `up` on this machine, and a little beyond.
  const longestLifeMs = (performance.now() - begin) * 1.5;
  for (let round = 0; round < kills; round += 1) {
    const victims = Array.from({ length: 1 + Math.floor(random() * 3) }, () =>
      sandbox.spawn(['up'], { cwd: repository }),
    );
    const ended = victims.map((victim) => {
      setTimeout(() => victim.kill('SIGKILL'), random() * longestLifeMs);
      return collect(victim);
    });
    await Promise.all(ended);
    const verb = random() < 0.5 ? 'up' : 'down';
    const next = await sandbox.run([verb], { cwd: repository });
    expect(next, `seed ${seed}, round ${round}`).toMatchObject({ code: 0 });
    // A keeper that was spawned just before its `up` was killed is known to nobody; it looks after its state, and ends.
    await expect
      .poll(() => sandbox.listKeepers(), { timeout: unknownKeeperMs, message: `seed ${seed}, round ${round}` })
      .toHaveLength(verb === 'up' ? 1 : 0);
  }
});
