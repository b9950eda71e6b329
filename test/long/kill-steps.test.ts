// `kill -9` and Ctrl-C of `up` at every step that changes something: before each write, link, rename, spawn and connection of
// its own. After a kill the next command finds its way: `up` to one stack, `down` to none; Ctrl-C leaves nothing by itself.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Sandbox, until } from '../stack/harness.ts';

const timeoutMs = 600_000;
const preload = join(import.meta.dirname, '../stack/kill-at.cjs');

let sandbox: Sandbox;
let repository: string;

beforeAll(() => {
  sandbox = new Sandbox();
  repository = sandbox.makeRepository('repository');
});
afterAll(() => sandbox.dispose());

function upWith(variables: Record<string, string>) {
  return sandbox.run(['up'], { cwd: repository, env: { NODE_OPTIONS: `--require=${preload}`, ...variables } });
}

async function listSteps(): Promise<string[]> {
  const file = join(sandbox.root, 'steps.json');
  expect((await upWith({ OBS_TEST_COUNT_TO: file })).code).toBe(0);
  await sandbox.run(['down'], { cwd: repository });
  return JSON.parse(readFileSync(file, 'utf8'));
}

test('up killed before any of its steps leaves nothing that the next command cannot put right', {
  timeout: timeoutMs,
}, async () => {
  const steps = await listSteps();
  expect(steps).toContain('spawn');
  const spawned = steps.indexOf('spawn');
  for (const [at, name] of steps.entries()) {
    // Both commands after a kill near the birth of the keeper, one of them after the others.
    const verbs = Math.abs(at - spawned) <= 3 ? ['up', 'down'] : [at % 2 === 0 ? 'up' : 'down'];
    for (const verb of verbs) await killAndRecover(at, verb, `before step ${at} (${name}) of ${steps.join(' ')}`);
  }
  await until(() => sandbox.listKeepers().length === 0);
});

test('Ctrl-C before any step of up leaves nothing', { timeout: timeoutMs }, async () => {
  const steps = await listSteps();
  for (const [at, name] of steps.entries()) {
    const where = `interrupted before step ${at} (${name}) of ${steps.join(' ')}`;
    const { code, signal } = await upWith({ OBS_TEST_KILL_AT: String(at), OBS_TEST_SIGNAL: 'SIGINT' });
    // While the program is still being loaded, the system ends it; after the last step it is too late, and the stack is there.
    expect([130, 0, 'SIGINT'], where).toContain(code ?? signal);
    if (code === 0) await sandbox.run(['down'], { cwd: repository });
    expect(sandbox.listStacks(), where).toEqual([]);
    expect(sandbox.listKeepers(), where).toEqual([]);
  }
});

async function killAndRecover(at: number, verb: string, where: string): Promise<void> {
  // Waiting takes more or fewer looks from one run to the next, so the last steps may not be reached.
  const { signal, code } = await upWith({ OBS_TEST_KILL_AT: String(at) });
  expect(signal ?? code, where).toSatisfy((how) => how === 'SIGKILL' || how === 0);
  if (verb === 'up') {
    expect(await sandbox.run(['up'], { cwd: repository }), where).toMatchObject({ code: 0 });
    // One that was spawned and that nobody knows of ends by itself.
    await until(() => sandbox.listKeepers().length === 1);
  }
  expect(await sandbox.run(['down'], { cwd: repository }), where).toMatchObject({ code: 0 });
  expect(sandbox.listStacks(), where).toEqual([]);
}
