// Boots of stock apps for figures about them: one that says "listening PORT" is asked once and ended.
import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { run } from './workbench.mjs';

/** Generous: it decides whether a figure counts, and a machine that is busy is no reason why it should not. */
const telemetryTimeoutMs = 60_000;

/** Milliseconds from spawn to the line that says which port it listens on; then `ask`, then the end. */
export async function bootOnce([command, ...words], { ask = askOnce, ...options }) {
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
  try {
    await ask(`http://127.0.0.1:${port}/`);
  } finally {
    // The whole group: npm does not pass signals on to what it runs.
    process.kill(-child.pid, 'SIGTERM');
  }
  await ended;
  return tookMs;
}

/** One request, and its answer as text. */
export async function askOnce(url, headers = {}) {
  const response = await fetch(url, { headers });
  return response.text();
}

/** Boots a command with `obs run --detach`, calls `use` with its URL, and stops it. */
export async function bootUnderObs({ bench, folder, command, service, env = bench.env }, use) {
  const call = (...words) => run(process.execPath, [bench.obsFile, '--json', ...words], { cwd: folder, env });
  const { runs } = JSON.parse((await call('run', '--detach', '--service', service, '--', ...command)).stdout);
  try {
    return await use(runs[0].url);
  } finally {
    await call('stop', runs[0].app);
  }
}

/** A figure counts only if the app's first request yielded a span and a log. */
export async function requireTelemetry(bench, service) {
  const deadline = performance.now() + telemetryTimeoutMs;
  for (;;) {
    const spans = await bench.json('traces', `{ resource.service.name = "${service}" && kind = server }`);
    const logs = await bench.json('logs', `{service_name="${service}"}`);
    if (spans.traces.length > 0 && logs.lines.length > 0) return;
    if (performance.now() > deadline)
      throw new Error(
        `${service}: ${spans.traces.length} traces and ${logs.lines.length} log lines arrived, so its figure does not count`,
      );
    await sleep(200);
  }
}
