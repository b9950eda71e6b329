// A keeper that takes all three signals at once, half of what it could take in all, with queries running and the memory of
// a default stack, which is full before the measuring begins: counts must be right and its size must stay. Some seconds, or
// as many minutes as OBS_SOAK_MINUTES says. OBS_SOAK_SHARE is the share of the load, 1 by default.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { ask, countRecords } from '../lib/counts.mjs';
import { readCpuMs, readRssBytes } from '../lib/keeper-process.mjs';
import { run } from '../lib/workbench.mjs';

const seconds = process.env.OBS_SOAK_MINUTES ? Number(process.env.OBS_SOAK_MINUTES) * 60 : 12;
// A phase must fit into the memory, or it would be pruned before it is counted.
const phaseSeconds = Math.min(4, seconds / 4);
const share = Number(process.env.OBS_SOAK_SHARE ?? 1);
// A sixth each of 200,000, 250,000 and 800,000: half the rate at which a keeper that does nothing else takes them.
const ratesPerSecond = { logs: 33_000 * share, traces: 41_000 * share, metrics: 133_000 * share };
const fillBatches = 900;
const mebibyte = 1024 * 1024;
const queryEveryMs = 250;
const lib = (name) => fileURLToPath(new URL(`../lib/${name}`, import.meta.url));

export const group = {
  name: 'soak',
  about: `${seconds} s at half the rate with queries, memory full`,
  figures: ['soak.rate', 'soak.rss', 'soak.growth', 'soak.cpu'],
  async *measure(bench) {
    const { stack } = await bench.json('up', '--runtime', 'embedded');
    const { pid } = (await bench.json('status')).stack.keeper;
    const startMs = Date.now();
    const fill = ['logs', stack.endpoints.otlpLogs, fillBatches, 1_000, 4, `${startMs}000000`];
    await run(process.execPath, [lib('send-load.mjs'), ...fill.map(String)]);
    const watch = watchKeeper(pid, stack.endpoints);
    const [cpuBefore, startedAt] = [await readCpuMs(pid), performance.now()];
    const phases = await sendAll(stack.endpoints, startMs);
    const tookMs = performance.now() - startedAt;
    const rss = await watch.end();
    const records = phases.flatMap(({ accepted }) => Object.values(accepted)).reduce((sum, count) => sum + count, 0);
    yield { name: 'soak.rate', value: (records / tookMs) * 1_000, unit: '1/s' };
    // The first third is left out: it is still becoming full. Means, since pruning makes peaks of a moment.
    const third = Math.floor(rss.length / 3);
    const [middle, last] = [rss.slice(third, 2 * third), rss.slice(2 * third)].map(mean);
    yield { name: 'soak.rss', value: Math.max(...rss) / mebibyte, unit: 'MB' };
    yield { name: 'soak.growth', value: (last / middle - 1) * 100, unit: '%' };
    yield { name: 'soak.cpu', value: (((await readCpuMs(pid)) - cpuBefore) / tookMs) * 100, unit: '% of a core' };
  },
};

/** Sends everything and counts each phase when it is over, while the next is coming in. */
async function sendAll(endpoints, fromMs) {
  const { otlpLogs, otlpTraces, otlpMetrics } = endpoints;
  const load = {
    seconds,
    phaseSeconds,
    ratesPerSecond,
    endpoints: { logs: otlpLogs, traces: otlpTraces, metrics: otlpMetrics },
  }; // prettier-ignore
  const sender = spawn(process.execPath, [lib('soak-load.mjs'), JSON.stringify(load)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  }); // prettier-ignore
  const ended = new Promise((resolve) => sender.once('close', resolve));
  try {
    const phases = await countPhases(sender, endpoints, fromMs);
    if ((await ended) !== 0) throw new Error('the sender of the soak failed');
    return phases;
  } finally {
    sender.kill();
  }
}

async function countPhases(sender, endpoints, fromMs) {
  const phases = [];
  for await (const line of createInterface({ input: sender.stdout })) {
    const phase = JSON.parse(line);
    phases.push(phase);
    for (const [signal, accepted] of Object.entries(phase.accepted)) {
      const found = await countRecords[signal](endpoints, { services: `soak-${phase.phase}`, fromMs });
      if (found !== accepted) throw new Error(`${signal}: ${accepted} were acknowledged, ${found} are found`);
    }
  }
  return phases;
}

/** Asks all three languages in turn and notes the size of the keeper, until it is told to end. */
function watchKeeper(pid, { loki, prometheus, tempo }) {
  const seen = [];
  let isOver = false;
  const questions = [
    () =>
      ask(loki, '/loki/api/v1/query', {
        query: 'sum by (service_name) (count_over_time({service_name=~".+"} | json | status >= 400 [10s]))',
      }), // prettier-ignore
    () => ask(prometheus, '/api/v1/query', { query: 'avg by (job) (rate(bench_load[10s]))' }),
    () => ask(tempo, '/api/search', { q: '{ duration > 1ms && span.url.path = "/items/7" }', limit: '20' }),
  ];
  const done = (async () => {
    for (let turn = 0; !isOver; turn += 1) {
      await questions[turn % questions.length]();
      seen.push(await readRssBytes(pid));
      await new Promise((resolve) => setTimeout(resolve, queryEveryMs));
    }
  })();
  done.catch(() => undefined); // thrown by `end`, unless the bench has failed already
  return {
    async end() {
      isOver = true;
      await done;
      return seen;
    },
  };
}

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
