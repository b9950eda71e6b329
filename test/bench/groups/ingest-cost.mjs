// What the write-ahead log, and looking for secrets, take of the rate at which logs come in: keepers with and without, side by
// side, get the same load in turns. Rates are by a keeper's time of processor, which is what bounds them: the clock of a
// machine with other work to do says little of a few parts in a hundred. Turns are compared one by one, since the machine
// changes between them, and every other turn goes backwards, since it changes within them, too. The first ones of a keeper do not
// count: compiling is most of them. Two keepers that do the same differ by several parts in a hundred for as long as they live, by
// what V8 compiled and where memory came to lie, so there are several of each, one after the other.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readCpuMs, restartWithoutLog } from '../lib/keeper-process.mjs';
import { onOwnCore } from '../lib/own-core.mjs';
import { makeWorkbench, median, run } from '../lib/workbench.mjs';

const rounds = 3;
const turns = 11;
const warmingTurns = 2;
const batches = 80;
const batchSize = 1_000;
const connections = 4;
const sender = fileURLToPath(new URL('../lib/send-load.mjs', import.meta.url));
const memory = 'limits: { memory: 2GiB }\n';

const variants = {
  all: { settings: memory },
  'no log': { settings: memory, isMemoryOnly: true },
  'no masking': { settings: `${memory}redact: { enabled: false }\n` },
  'secrets in 1 of 100 lines': { settings: memory, secretEvery: 100 },
};

export const group = {
  name: 'ingest-cost',
  about: `${rounds * (turns - warmingTurns)} turns of ${(batches * batchSize).toLocaleString('en')} log records with and without`,
  figures: ['ingest.cost.log', 'ingest.cost.masking', 'ingest.cost.secrets'],
  async *measure() {
    const cpuMs = Object.fromEntries(Object.keys(variants).map((name) => [name, []]));
    for (let round = 0; round < rounds; round += 1) await measureRound(cpuMs);
    const costOf = (less, more) => median(cpuMs[less].map((ms, turn) => (1 - ms / cpuMs[more][turn]) * 100));
    yield { name: 'ingest.cost.log', value: costOf('no log', 'all'), unit: '% of the rate' };
    yield { name: 'ingest.cost.masking', value: costOf('no masking', 'all'), unit: '% of the rate' };
    yield { name: 'ingest.cost.secrets', value: costOf('all', 'secrets in 1 of 100 lines'), unit: '% of the rate' };
  },
};

/** One keeper of each variant: adds the time of processor of each turn that counts, in milliseconds. */
async function measureRound(cpuMs) {
  const keepers = [];
  try {
    for (const [name, variant] of Object.entries(variants)) {
      const bench = await makeWorkbench();
      keepers.push({ name, variant, bench, cpuMs: [] });
      Object.assign(keepers.at(-1), await startKeeper(bench, variant));
    }
    for (let turn = 0; turn < turns; turn += 1)
      for (const keeper of turn % 2 === 0 ? keepers : keepers.toReversed())
        keeper.cpuMs.push(await measureTurn(keeper));
    for (const keeper of keepers) await checkCount(keeper);
  } finally {
    for (const { bench } of keepers) await bench.close();
  }
  for (const keeper of keepers) cpuMs[keeper.name].push(...keeper.cpuMs.slice(warmingTurns));
}

async function startKeeper(bench, { settings, isMemoryOnly = false }) {
  await writeFile(join(bench.path, 'obs.yaml'), settings);
  const { stack } = await bench.json('up', '--runtime', 'embedded');
  const pid = isMemoryOnly ? await restartWithoutLog(bench, stack) : (await bench.json('status')).stack.keeper.pid;
  return { pid, url: stack.endpoints.otlpLogs };
}

async function measureTurn({ pid, url, variant: { secretEvery = 0 } }) {
  const before = await readCpuMs(pid);
  const startNs = `${Date.now() - 60_000}000000`;
  const words = ['logs', url, batches, batchSize, connections, startNs, secretEvery];
  await run(...(await onOwnCore(process.execPath, [sender, ...words.map(String)])));
  return (await readCpuMs(pid)) - before;
}

async function checkCount({ name, bench }) {
  const { records } = (await bench.json('status')).stack.usage.logs;
  const sent = turns * batches * batchSize;
  if (records !== sent) throw new Error(`${name}: ${records} of ${sent} records are held`);
}
