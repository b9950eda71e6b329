// Startup, truly: what obs reports about an app that is delayed in each phase agrees with what the app itself wrote down.
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { collect, Sandbox, until } from '../stack/harness.ts';
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

describe('boots that are measured', () => {
  // Busy until the file `go` is there, and then listens.
  const slow = `const { existsSync, writeFileSync } = require('node:fs');
    writeFileSync('slow-began', '');
    const look = () => existsSync('go') ? require('node:http').createServer().listen(0, '127.0.0.1') : setImmediate(look);
    look();`;
  const quick = (name: string): string =>
    `require('node:fs').writeFileSync('${name}-began', ''); require('node:http').createServer().listen(0, '127.0.0.1')`;
  const begin = (service: string, script: string, ...flags: string[]) =>
    sandbox.spawn(['run', '--detach', '--service', service, ...flags, '--', process.execPath, '-e', script], { cwd });
  const began = (name: string): boolean => existsSync(join(cwd, `${name}-began`));
  const countStartups = async (service: string, condition: string): Promise<number> => {
    const query = `{ name = "app.startup" && resource.service.name = "${service}" && ${condition} }`;
    return JSON.parse(await obs(['traces', query, '--json'])).traces.length;
  };

  test('take turns, unless one is told not to wait; how long it waited and how busy the machine was is recorded', async () => {
    const first = collect(begin('slow', slow));
    await until(() => began('slow'));
    expect((await collect(begin('hasty', quick('hasty'), '--no-wait'))).code).toBe(0);
    const waiting = begin('patient', quick('patient'));
    let said = '';
    waiting.stderr?.on('data', (chunk) => (said += chunk));
    const second = collect(waiting);
    await until(() => said.includes('patient waits for its turn'));
    expect(began('patient')).toBe(false);
    writeFileSync(join(cwd, 'go'), '');
    expect([(await first).code, (await second).code]).toEqual([0, 0]);
    expect(await countStartups('slow', 'span.obs.startup.took_turn = true')).toBe(1);
    expect(
      await countStartups('patient', 'span.obs.startup.took_turn = true && span.obs.startup.turn_wait_ms > 0'),
    ).toBe(1);
    // The slow one kept a core busy meanwhile.
    expect(
      await countStartups('hasty', 'span.obs.startup.took_turn = false && span.obs.startup.others_cpu_ratio > 0.0'),
    ).toBe(1);
    await obs(['stop']);
  });
});
