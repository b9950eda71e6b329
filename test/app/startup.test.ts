// Startup, truly: what obs reports about an app that is delayed in each phase agrees with what the app itself wrote down.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Sandbox } from '../stack/harness.ts';
import { bootDelayed, phases } from './startup/differences.mjs';

const sandbox = new Sandbox();
let cwd: string;
let tempo: string;

beforeAll(async () => {
  cwd = sandbox.makeRepository('startup');
  tempo = String((await sandbox.up(cwd)).endpoints.tempo);
});

afterAll(async () => {
  await sandbox.run(['down', '--all', '--yes'], { cwd });
  await sandbox.dispose();
});

const delayMs = 200;
const toleranceMs = 20;
/** Other work of the machine makes obs notice things late. What obs itself adds is seen when it is left alone once. */
const maxBoots = 10;

const obs = async (words: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<string> =>
  (await sandbox.run(words, { cwd, env })).stdout;

test('each phase of a delayed start ends in the report when it ended in the app', async () => {
  const boots: Record<string, number>[] = [];
  let tooFar = phases;
  while (tooFar.length > 0 && boots.length < maxBoots) {
    const differences = await bootDelayed({ service: `delayed-${boots.length}`, delayMs, obs, tempo, folder: cwd });
    expect(differences.start).toBeGreaterThan(0);
    boots.push(differences);
    tooFar = tooFar.filter((phase) => !(Math.abs(differences[phase] ?? Number.NaN) < toleranceMs));
  }
  expect({ tooFar, boots }).toEqual({ tooFar: [], boots });
});

test('the slowest modules are named with their own time', async () => {
  const folder = fileURLToPath(new URL('startup', import.meta.url));
  const env = { DELAY_MS: '300', STAMPS: '/dev/null', NODE_OPTIONS: `--require=${join(folder, 'before.cjs')}` };
  const words = ['run', '--json', '--detach', '--service', 'modules', '--', process.execPath];
  const { runs } = JSON.parse(await obs([...words, join(folder, 'app.cjs')], env));
  await obs(['stop', 'modules']);
  const phase = runs[0].phases.find(({ name }: { name: string }) => name === 'modules');
  const [slowest, ...others] = phase.slowest as { name: string; selfMs: number }[];
  expect(slowest?.name).toContain('slow.cjs');
  expect(slowest?.selfMs).toBeGreaterThanOrEqual(299);
  expect(others.find(({ name }) => name.includes('app.cjs'))?.selfMs ?? 0).toBeLessThan(300);
});
