// What a preload adds to the time until a stock app listens: with it minus without it, in turns, medians. A figure counts
// only if the app's first request yielded a span and a log.
import { spawn } from 'node:child_process';
import { cp, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { median, run } from '../lib/workbench.mjs';

const rounds = 11;
const telemetryTimeoutMs = 5_000;
/** Until what a request caused was exported; an app that is ended sooner may lose it. */
const exportMs = 1_000;
const fixtures = fileURLToPath(new URL('../fixtures', import.meta.url));
const shopModules = fileURLToPath(new URL('../../../docs/examples/shop/node_modules', import.meta.url));
const official = createRequire(import.meta.url).resolve('@opentelemetry/auto-instrumentations-node/register');

const cases = [
  { name: 'preload.express.added', command: [process.execPath, 'express.cjs'] },
  { name: 'preload.fastify-esm.added', command: [process.execPath, 'fastify.mjs'] },
  { name: 'preload.npmstart.added', command: ['npm', 'start'] },
  { name: 'preload.official.added', command: [process.execPath, 'express.cjs'], preload: `--require=${official}` },
];

export const group = {
  name: 'preload',
  about: `${rounds} boots with and without, in turns`,
  figures: cases.map((one) => one.name),
  async *measure(bench, isWanted) {
    const folder = join(bench.path, 'app');
    await cp(fixtures, folder, { recursive: true });
    await symlink(shopModules, join(folder, 'node_modules'));
    await bench.obs('up', '--runtime', 'embedded');
    const { env } = await bench.json('env', '--instrument');
    for (const { name, command, preload } of cases.filter((one) => isWanted(one.name))) {
      const service = name.replaceAll('.', '-');
      const watched = { ...bench.env, ...env, OTEL_SERVICE_NAME: service, ...(preload && { NODE_OPTIONS: preload }) };
      const value = await measureAdded({ bench, folder, command, watched });
      // With obs the lines of an app are taken by `obs run`, so that is where its log has to arrive.
      if (preload === undefined) await askUnderObs({ bench, folder, command, service });
      else await bootOnce(command, { cwd: folder, env: watched, lingerMs: exportMs });
      await waitForTelemetry(bench, service);
      yield { name, value, unit: 'ms' };
    }
  },
};

async function measureAdded({ bench, folder, command, watched }) {
  const times = { plain: [], watched: [] };
  for (let round = 0; round < rounds; round += 1) {
    times.plain.push(await bootOnce(command, { cwd: folder, env: bench.env }));
    times.watched.push(await bootOnce(command, { cwd: folder, env: watched }));
  }
  return median(times.watched) - median(times.plain);
}

/** Milliseconds from spawn to the line that says which port it listens on; then one request, then the end. */
async function bootOnce([command, ...words], { lingerMs = 0, ...options }) {
  const startedAt = performance.now();
  const child = spawn(command, words, { ...options, stdio: ['ignore', 'pipe', 'inherit'], detached: true });
  const ended = new Promise((resolve) => child.once('close', resolve));
  const { port, tookMs } = await new Promise((resolve, reject) => {
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (chunk) => {
      text += chunk;
      const port = /listening (\d+)/.exec(text)?.[1];
      if (port !== undefined) resolve({ port, tookMs: performance.now() - startedAt });
    });
    child
      .once('error', reject)
      .once('close', (code) => reject(new Error(`ended with ${code} before it listened: ${text}`)));
  });
  const response = await fetch(`http://127.0.0.1:${port}/`);
  await response.text();
  await sleep(lingerMs);
  // The whole group: npm does not pass signals on to what it runs.
  process.kill(-child.pid, 'SIGTERM');
  await ended;
  return tookMs;
}

async function askUnderObs({ bench, folder, command, service }) {
  const call = (...words) =>
    run(process.execPath, [bench.obsFile, '--json', ...words], { cwd: folder, env: bench.env });
  const { runs } = JSON.parse((await call('run', '--detach', '--service', service, '--', ...command)).stdout);
  const [port] = Object.values(runs[0].ports);
  await (await fetch(`http://127.0.0.1:${port}/`)).text();
  await call('stop', runs[0].app);
}

async function waitForTelemetry(bench, service) {
  const deadline = performance.now() + telemetryTimeoutMs;
  for (;;) {
    const spans = await bench.json('traces', `{ resource.service.name = "${service}" }`);
    const logs = await bench.json('logs', `{service_name="${service}"}`);
    if (spans.traces.length > 0 && logs.lines.length > 0) return;
    if (performance.now() > deadline)
      throw new Error(
        `${service}: ${spans.traces.length} traces and ${logs.lines.length} log lines arrived, so its figure does not count`,
      );
    await sleep(200);
  }
}
