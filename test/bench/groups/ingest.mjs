// Records per second over OTLP/HTTP protobuf: batches of 1,000, lines of 256 bytes, 20 services, 4 connections, the generator
// a process of its own, the write-ahead log on. A figure counts only if a query finds every record again.
import { fileURLToPath } from 'node:url';
import { run } from '../lib/workbench.mjs';

const batchSize = 1_000;
const connections = 4;
const sender = fileURLToPath(new URL('../lib/send-load.mjs', import.meta.url));

const signals = [
  { name: 'ingest.logs', signal: 'logs', batches: 200, endpoint: 'otlpLogs', count: countLogs },
  { name: 'ingest.spans', signal: 'traces', batches: 200, endpoint: 'otlpTraces', count: countSpans },
  { name: 'ingest.samples', signal: 'metrics', batches: 400, endpoint: 'otlpMetrics', count: countSamples },
];

export const group = {
  name: 'ingest',
  about: `batches of ${batchSize} over ${connections} connections`,
  figures: signals.map((one) => one.name),
  async *measure(bench, isWanted) {
    const { stack } = await bench.json('up', '--runtime', 'embedded');
    for (const { name, signal, batches, endpoint, count } of signals.filter((one) => isWanted(one.name))) {
      const startMs = Date.now() - 60_000;
      const words = [signal, stack.endpoints[endpoint], batches, batchSize, connections, `${startMs}000000`];
      const { tookMs } = JSON.parse((await run(process.execPath, [sender, ...words.map(String)])).stdout);
      const found = await count(stack.endpoints, startMs);
      const sent = batches * batchSize;
      if (found !== sent) throw new Error(`${name}: ${sent} records were acknowledged, but ${found} are found`);
      yield { name, value: (sent / tookMs) * 1_000, unit: '1/s' };
    }
  },
};

async function ask(base, path, parameters) {
  const response = await fetch(`${base}${path}?${new URLSearchParams(parameters)}`);
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
  return response.json();
}

const firstValue = ({ data }) => Number(data.result[0]?.value[1] ?? 0);

async function countLogs({ loki }) {
  const query = 'sum(count_over_time({service_name=~"bench-.+"}[10m]))';
  return firstValue(await ask(loki, '/loki/api/v1/query', { query, time: `${Date.now()}000000` }));
}

async function countSamples({ prometheus }) {
  const query = 'sum(count_over_time(bench_load[10m]))';
  return firstValue(await ask(prometheus, '/api/v1/query', { query, time: Date.now() / 1_000 }));
}

async function countSpans({ tempo }, startMs) {
  const q = '{ resource.service.name =~ "bench-.+" } | count_over_time()';
  const window = { start: Math.floor(startMs / 1_000) - 60, end: Math.floor(Date.now() / 1_000) + 60, step: '1h' };
  const { series } = await ask(tempo, '/api/metrics/query_range', { q, ...window });
  return series.flatMap((one) => one.samples).reduce((sum, { value }) => sum + Number(value ?? 0), 0);
}
