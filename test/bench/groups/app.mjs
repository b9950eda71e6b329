// What being watched costs an app that runs, and how soon its telemetry can be queried: requests with and without the
// preload and with the official one, output that obs reads against output that `cat` reads. Embedded stack.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { cp, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { bootDelayed, phases } from '../../app/startup/differences.mjs';
import { preparePackages } from '../../long/apps/packages.mjs';
import { askOnce, bootOnce, bootUnderObs, requireTelemetry } from '../lib/boot.mjs';
import { median, run } from '../lib/workbench.mjs';

const rounds = 5;
const loadSeconds = 3;
const connections = 10;
const asked = 20;
const pollMs = 2;
const pollTimeoutMs = 60_000;
const delayedBoots = 5;
const startDelayMs = 100;
const floodLines = 100_000;
const floodRounds = 3;
const outputCases = [
  { name: 'output', paced: '1', places: ['1', ''] },
  { name: 'flood', paced: '', places: ['1'] },
];
const fixtures = fileURLToPath(new URL('../fixtures', import.meta.url));
const shopModules = fileURLToPath(new URL('../../../docs/examples/shop/node_modules', import.meta.url));
const official = createRequire(import.meta.url).resolve('@opentelemetry/auto-instrumentations-node/register');

export const group = {
  name: 'app',
  about: `${rounds} rounds of ${loadSeconds} s of requests each; ${asked} requests; ${floodRounds} floods of lines of each kind`,
  figures: [
    'app.request.overhead',
    'app.span.queryable',
    'app.log.queryable',
    'app.output.slowdown',
    'app.output.lost',
    'app.flood.slowdown',
    'app.startup.error',
  ],
  async *measure(bench, isWanted) {
    const folder = join(bench.path, 'app');
    await cp(fixtures, folder, { recursive: true });
    await symlink(shopModules, join(folder, 'node_modules'));
    const { stack } = await bench.json('up', '--runtime', 'embedded');
    const at = { bench, folder, endpoints: stack.endpoints };
    if (isWanted('app.request.overhead')) yield* measureRequests(at);
    if (isWanted('app.span.queryable') || isWanted('app.log.queryable')) yield* measureDelays(at);
    if (isWanted('app.startup.error')) yield await measureStartup(at);
    if (outputCases.some(({ name }) => isWanted(`app.${name}`))) yield* measureOutput(at, isWanted);
  },
};

/** Requests per second that are lost, in percent of those without any preload; the official one's beside it. */
async function* measureRequests({ bench, folder }) {
  const { default: autocannon } = await import(createRequire(join(preparePackages('load'), 'x')).resolve('autocannon'));
  const { env } = await bench.json('env', '--instrument');
  const watched = { ...bench.env, ...env };
  const variants = {
    plain: bench.env,
    obs: { ...watched, OTEL_SERVICE_NAME: 'app-requests' },
    official: { ...watched, OTEL_SERVICE_NAME: 'app-requests-official', NODE_OPTIONS: `--require=${official}` },
  };
  const rates = { plain: [], obs: [], official: [] };
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, variant] of Object.entries(variants)) {
      const ask = async (url) => {
        await autocannon({ url, connections, duration: 1 }); // compiled code, and whatever is loaded with the first requests
        const { requests } = await autocannon({ url, connections, duration: loadSeconds });
        rates[name].push(requests.average);
      };
      // Its lines go nowhere: what reading them costs is another figure.
      await bootOnce([process.execPath, 'express.cjs'], { cwd: folder, env: { ...variant, QUIET: '1' }, ask });
    }
  }
  const command = [process.execPath, 'express.cjs'];
  await bootUnderObs({ bench, folder, command, service: 'app-requests' }, async (url) => {
    await askOnce(url);
    await requireTelemetry(bench, 'app-requests');
  });
  const overhead = (name) => (median(rates.plain) / median(rates[name]) - 1) * 100;
  yield { name: 'app.request.overhead', value: overhead('obs'), unit: '%', against: overhead('official') };
}

/** From the end of a request to the answer of a query that holds its span; from the writing of a line to one with the line. */
async function* measureDelays({ bench, folder, endpoints }) {
  const command = [process.execPath, 'express.cjs'];
  const delays = { span: [], log: [] };
  await bootUnderObs({ bench, folder, command, service: 'app-delays' }, async (url) => {
    await askOnce(url);
    await requireTelemetry(bench, 'app-delays');
    for (let request = 0; request < asked; request += 1) {
      const id = randomBytes(16).toString('hex');
      const traceparent = `00-${id}-${randomBytes(8).toString('hex')}-01`;
      const { writtenAtMs } = JSON.parse(await askOnce(url, { traceparent }));
      const endedAtMs = Date.now();
      const line = encodeURIComponent(`{service_name="app-delays"} | trace_id="${id}"`);
      const [span, log] = await Promise.all([
        untilFound(`${endpoints.tempo}/api/v2/traces/${id}`, ({ trace }) => trace?.resourceSpans?.length > 0),
        untilFound(`${endpoints.loki}/loki/api/v1/query_range?query=${line}`, ({ data }) => data?.result?.length > 0),
      ]);
      delays.span.push(span - endedAtMs);
      delays.log.push(log - writtenAtMs);
      await sleep(50);
    }
  });
  yield { name: 'app.span.queryable', value: Math.max(...delays.span), unit: 'ms' };
  yield { name: 'app.log.queryable', value: Math.max(...delays.log), unit: 'ms' };
}

async function untilFound(url, isThere) {
  const deadline = performance.now() + pollTimeoutMs;
  for (;;) {
    const response = await fetch(url);
    const body = await response.json().catch(() => ({}));
    if (response.ok && isThere(body)) return Date.now();
    if (performance.now() > deadline) throw new Error(`${url} did not answer with it: ${JSON.stringify(body)}`);
    await sleep(pollMs);
  }
}

/** By how much the ends of phases that `app.startup` reports differ from the app's own: the worst phase, median over boots. */
async function measureStartup({ bench, folder, endpoints }) {
  const obs = async (words, added) => {
    const env = { ...bench.env, ...added };
    return (await run(process.execPath, [bench.obsFile, ...words], { cwd: folder, env })).stdout;
  };
  const boots = [];
  for (let boot = 0; boot < delayedBoots; boot += 1) {
    const service = `app-delayed-${boot}`;
    boots.push(await bootDelayed({ service, delayMs: startDelayMs, obs, tempo: endpoints.tempo, folder }));
  }
  const errors = phases.map((phase) => median(boots.map((one) => Math.abs(one[phase]))));
  return { name: 'app.startup.error', value: Math.max(...errors), unit: 'ms' };
}

/**
 * How much longer an app takes to write 100,000 lines than into `cat`, in percent, and how many of them were not kept.
 * `output`: all of them within one second, the worse of within a request and outside of any; `flood`: within a request, as
 * fast as it can.
 */
async function* measureOutput({ bench, folder, endpoints }, isWanted) {
  let written = 0;
  for (const { name, paced, places } of outputCases.filter((one) => isWanted(`app.${one.name}`))) {
    const slowdowns = [];
    for (const inside of places) {
      const env = { ...bench.env, PACED: paced, INSIDE: inside };
      const times = { cat: [], obs: [] };
      for (let round = 0; round < floodRounds; round += 1) {
        times.cat.push(await flood(['sh', '-c', `"${process.execPath}" flood.cjs | cat`], { folder, env }));
        const words = ['run', '--service', 'app-flood', '--', process.execPath, 'flood.cjs'];
        times.obs.push(await flood([process.execPath, bench.obsFile, ...words], { folder, env }));
        written += floodLines;
      }
      slowdowns.push((median(times.obs) / median(times.cat) - 1) * 100);
    }
    yield { name: `app.${name}.slowdown`, value: Math.max(...slowdowns), unit: '%' };
  }
  const query = encodeURIComponent('sum(count_over_time({service_name="app-flood"} |= "of the flood" [1h]))');
  const answer = await (await fetch(`${endpoints.loki}/loki/api/v1/query?query=${query}`)).json();
  const kept = Number(answer.data.result[0]?.value[1] ?? 0);
  yield { name: 'app.output.lost', value: written - kept, unit: 'lines' };
}

/** Runs the command, asks the app once, and returns how long it says that writing took, in milliseconds. */
async function flood([command, ...words], { folder, env }) {
  const child = spawn(command, words, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const text = { stdout: '', stderr: '' };
  let hasAsked = false;
  child.stderr.setEncoding('utf8').on('data', (chunk) => (text.stderr += chunk));
  child.stdout.setEncoding('utf8').on('data', (chunk) => {
    if (hasAsked) return; // read on, and forgotten
    text.stdout += chunk;
    const port = /listening (\d+)/.exec(text.stdout)?.[1];
    if (port === undefined) return;
    hasAsked = true;
    void askOnce(`http://127.0.0.1:${port}/`);
  });
  await new Promise((resolve) => child.once('close', resolve));
  const took = /took ([\d.]+)/.exec(text.stderr)?.[1];
  if (took === undefined) throw new Error(`${command} ${words.join(' ')}: ${text.stderr}`);
  return Number(took);
}
