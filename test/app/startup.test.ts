// Startup, truly: an app that is delayed by a known amount in each phase is reported with that delay in that phase.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Sandbox } from '../stack/harness.ts';

const sandbox = new Sandbox();
let cwd: string;

beforeAll(async () => {
  cwd = sandbox.makeRepository('startup');
  await sandbox.up(cwd);
  writeFileSync(join(cwd, 'app.cjs'), app);
  writeFileSync(
    join(cwd, 'slow.cjs'),
    `const endMs = Date.now() + Number(process.env.SLOW_MODULE); while (Date.now() < endMs);`,
  );
  writeFileSync(
    join(cwd, 'before.cjs'),
    `const endMs = Date.now() + Number(process.env.SLOW_RUNTIME); while (Date.now() < endMs);`,
  );
});

afterAll(async () => {
  await sandbox.run(['down', '--all', '--yes'], { cwd });
  await sandbox.dispose();
});

const app = `
require('./slow.cjs');
const wait = (name) => new Promise((resolve) => setTimeout(resolve, Number(process.env[name])));
(async () => {
  await wait('SLOW_LOG');
  console.log('starting');
  await wait('SLOW_PORT');
  let isReady = false;
  const server = require('node:http').createServer((request, response) => response.writeHead(isReady ? 200 : 503).end());
  server.listen(0, '127.0.0.1');
  await wait('SLOW_READY');
  isReady = true;
})();`;

interface Phase {
  readonly name: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly slowest?: readonly { readonly name: string; readonly selfMs: number }[];
}

const delays = { SPAWN: 0, SLOW_RUNTIME: 0, SLOW_MODULE: 0, SLOW_LOG: 0, SLOW_PORT: 0, SLOW_READY: 0 };

async function boot(service: string, changed: Partial<typeof delays>): Promise<Phase[]> {
  const { SPAWN, ...rest } = { ...delays, ...changed };
  const env = Object.fromEntries(Object.entries(rest).map(([name, ms]) => [name, String(ms)]));
  const line = `sleep ${SPAWN / 1000}; exec node app.cjs`;
  const words = ['run', '--json', '--detach', '--service', service, '--ready', 'http:/healthz', '--', 'sh', '-c', line];
  const { stdout } = await sandbox.run(words, { cwd, env: { ...env, NODE_OPTIONS: '--require=./before.cjs' } });
  await sandbox.run(['stop', service], { cwd });
  return JSON.parse(stdout).runs[0].phases;
}

const delayMs = 700;
const noticedLateMs = 200;
const lengthOf = (phases: readonly Phase[], name: string): number => {
  const phase = phases.find((one) => one.name === name);
  return phase === undefined ? 0 : phase.endMs - phase.startMs;
};

const cases = [
  { phase: 'spawn', cause: 'SPAWN' },
  { phase: 'runtime', cause: 'SLOW_RUNTIME' },
  { phase: 'modules', cause: 'SLOW_MODULE' },
  { phase: 'first log', cause: 'SLOW_LOG' },
  { phase: 'port open', cause: 'SLOW_PORT' },
  { phase: 'ready', cause: 'SLOW_READY' },
] as const;

test.each(cases)('a delay in "$phase" is reported there and nowhere else', async ({ phase, cause }) => {
  const phases = await boot(cause, { [cause]: delayMs });
  // A busy machine makes phases longer, and notices their ends late, which shortens the next one; but no other phase may
  // have taken the delay.
  expect(lengthOf(phases, phase)).toBeGreaterThanOrEqual(delayMs - noticedLateMs);
  const longest = [...phases].sort((one, other) => other.endMs - other.startMs - (one.endMs - one.startMs))[0];
  expect(longest?.name).toBe(phase);
});

test('the slowest modules are named with their own time', async () => {
  const phases = await boot('modules', { SLOW_MODULE: delayMs });
  const slowest = phases.find(({ name }) => name === 'modules')?.slowest ?? [];
  expect(slowest[0]?.name).toBe('slow.cjs');
  expect(slowest[0]?.selfMs).toBeGreaterThanOrEqual(delayMs - 1);
  expect(slowest.find(({ name }) => name === 'app.cjs')?.selfMs ?? 0).toBeLessThan(delayMs);
});
