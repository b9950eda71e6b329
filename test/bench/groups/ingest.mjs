// Records per second over OTLP/HTTP protobuf: batches of 1,000, lines of 256 bytes, 20 services, 4 connections, the generator
// a process of its own, the write-ahead log on, the cap of memory raised. A figure counts only if a query finds every record
// again. With `--against loki=URL,prometheus=URL,tempoOtlp=URL` real servers get the same load, one after the other. Then
// what the keeper holds of all that, and how long the next one takes to have it back after `kill -9`.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { countRecords } from '../lib/counts.mjs';
import { readRssBytes } from '../lib/keeper-process.mjs';
import { onOwnCore } from '../lib/own-core.mjs';
import { run } from '../lib/workbench.mjs';

const batchSize = 1_000;
const connections = 4;
const mebibyte = 1024 * 1024;
const sender = fileURLToPath(new URL('../lib/send-load.mjs', import.meta.url));

// Where a real server takes the same exports, if its address was given.
const signals = [
  {
    name: 'ingest.logs',
    signal: 'logs',
    batches: 1_000,
    endpoint: 'otlpLogs',
    count: countRecords.logs,
    realUrl: ({ loki }) => loki && `${loki}/otlp/v1/logs`,
  },
  {
    name: 'ingest.spans',
    signal: 'traces',
    batches: 200,
    endpoint: 'otlpTraces',
    count: countRecords.traces,
    realUrl: ({ tempoOtlp }) => tempoOtlp && `${tempoOtlp}/v1/traces`,
  },
  {
    name: 'ingest.samples',
    signal: 'metrics',
    batches: 1_440,
    endpoint: 'otlpMetrics',
    count: countRecords.metrics,
    realUrl: ({ prometheus }) => prometheus && `${prometheus}/api/v1/otlp/v1/metrics`,
  },
];

export const group = {
  name: 'ingest',
  about: `batches of ${batchSize} over ${connections} connections; 1 M log records, 200 k spans, 1.44 M samples`,
  figures: [...signals.map((one) => one.name), 'ingest.rss', 'ingest.recovery'],
  async *measure(bench, isWanted) {
    await writeFile(join(bench.path, 'obs.yaml'), 'limits: { memory: 2GiB }\n');
    const { stack } = await bench.json('up', '--runtime', 'embedded');
    const needsAll = isWanted('ingest.rss') || isWanted('ingest.recovery');
    const sent = [];
    for (const one of signals.filter(({ name }) => needsAll || isWanted(name))) {
      const startMs = Date.now() - 60_000;
      const value = await measureRate(one, stack.endpoints[one.endpoint], startMs);
      sent.push({ ...one, startMs });
      await checkCount(stack.endpoints, sent.at(-1));
      const real = one.realUrl(bench.against);
      const against = real && (await measureRate(one, real, startMs));
      yield { name: one.name, value, unit: '1/s', against };
    }
    if (!needsAll) return;
    const { pid } = (await bench.json('status')).stack.keeper;
    yield { name: 'ingest.rss', value: (await readRssBytes(pid)) / mebibyte, unit: 'MB' };
    process.kill(pid, 'SIGKILL');
    const killedAt = performance.now();
    await bench.json('up', '--runtime', 'embedded');
    yield { name: 'ingest.recovery', value: (performance.now() - killedAt) / 1_000, unit: 's' };
    for (const one of sent) await checkCount(stack.endpoints, one);
  },
};

/** Records per second that a server acknowledges. */
async function measureRate({ signal, batches }, url, startMs) {
  const words = [signal, url, batches, batchSize, connections, `${startMs}000000`];
  const [command, all] = await onOwnCore(process.execPath, [sender, ...words.map(String)]);
  const { tookMs } = JSON.parse((await run(command, all)).stdout);
  return ((batches * batchSize) / tookMs) * 1_000;
}

async function checkCount(endpoints, { name, count, batches, startMs }) {
  const found = await count(endpoints, { services: 'bench-.+', fromMs: startMs });
  const wanted = batches * batchSize;
  if (found !== wanted) throw new Error(`${name}: ${wanted} records were acknowledged, but ${found} are found`);
}
