// What the write-ahead log, and looking for secrets, take of the rate at which logs come in: the same load with and without,
// in turns, each time into a fresh stack. Rates are by the keeper's time of processor, which is what bounds them: the
// clock of a machine with other work to do says little of a few parts in a hundred.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readCpuMs, restartWithoutLog } from '../lib/keeper-process.mjs';
import { median, run } from '../lib/workbench.mjs';

const rounds = 2;
const batches = 200;
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
  about: `${rounds} rounds of ${(batches * batchSize).toLocaleString('en')} log records with and without, in turns`,
  figures: ['ingest.cost.log', 'ingest.cost.masking', 'ingest.cost.secrets'],
  async *measure(bench) {
    const times = Object.fromEntries(Object.keys(variants).map((name) => [name, []]));
    for (let round = 0; round < rounds; round += 1)
      for (const [name, variant] of Object.entries(variants)) times[name].push(await measureOnce(bench, variant));
    const cpuMs = Object.fromEntries(Object.entries(times).map(([name, list]) => [name, median(list)]));
    const costOf = (less, more) => (1 - less / more) * 100;
    yield { name: 'ingest.cost.log', value: costOf(cpuMs['no log'], cpuMs.all), unit: '% of the rate' };
    yield { name: 'ingest.cost.masking', value: costOf(cpuMs['no masking'], cpuMs.all), unit: '% of the rate' };
    const secrets = costOf(cpuMs.all, cpuMs['secrets in 1 of 100 lines']);
    yield { name: 'ingest.cost.secrets', value: secrets, unit: '% of the rate' };
  },
};

/** The time of processor that the load takes, in milliseconds. */
async function measureOnce(bench, { settings, isMemoryOnly = false, secretEvery = 0 }) {
  await writeFile(join(bench.path, 'obs.yaml'), settings);
  const { stack } = await bench.json('up', '--runtime', 'embedded');
  const pid = isMemoryOnly ? await restartWithoutLog(bench, stack) : (await bench.json('status')).stack.keeper.pid;
  const before = await readCpuMs(pid);
  const startNs = `${Date.now() - 60_000}000000`;
  const words = ['logs', stack.endpoints.otlpLogs, batches, batchSize, connections, startNs, secretEvery];
  await run(process.execPath, [sender, ...words.map(String)]);
  const usedMs = (await readCpuMs(pid)) - before;
  const { records } = (await bench.json('status')).stack.usage.logs;
  if (records !== batches * batchSize) throw new Error(`${records} of ${batches * batchSize} records are held`);
  await bench.obs('down');
  return usedMs;
}
