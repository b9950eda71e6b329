// How long senders wait for their acknowledgement while a heavy query runs: a quantile over unwrapped JSON of a million
// lines, asked again and again with other numbers, and beside it one small export after the other.

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeRequest } from '../lib/otlp-load.mjs';
import { post } from '../lib/post.mjs';
import { run } from '../lib/workbench.mjs';

const batches = 1_000;
const batchSize = 1_000;
const queries = 3;
const sender = fileURLToPath(new URL('../lib/send-load.mjs', import.meta.url));
const name = 'ingest.ack.p99.during-query';

export const group = {
  name: 'ingest-ack',
  about: `acknowledgements while a quantile over ${(batches * batchSize).toLocaleString('en')} lines is worked out`,
  figures: [name],
  async *measure(bench) {
    await writeFile(join(bench.path, 'obs.yaml'), 'limits: { memory: 2GiB }\n');
    const { stack } = await bench.json('up', '--runtime', 'embedded');
    const { otlpLogs, loki } = stack.endpoints;
    const startMs = Date.now() - 120_000;
    const words = ['logs', otlpLogs, batches, batchSize, 4, `${startMs}000000`];
    await run(process.execPath, [sender, ...words.map(String)]);
    let asking = true;
    const asked = askAll(loki).finally(() => {
      asking = false;
    });
    const waits = [];
    for (let batch = 0; asking; batch += 1) {
      const startNs = BigInt(Date.now()) * 1_000_000n;
      const body = makeRequest.logs({ count: 100, batch, startNs });
      const sentAt = performance.now();
      await post(otlpLogs, body);
      waits.push(performance.now() - sentAt);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await asked;
    yield { name, value: percentile(waits, 99), unit: 'ms' };
  },
};

async function askAll(loki) {
  for (let i = 0; i < queries; i += 1) {
    const query = `quantile_over_time(0.9${i}, {service_name=~"bench-.+"} | json | unwrap duration_ms [10m]) by (status)`;
    const parameters = new URLSearchParams({ query, time: `${Date.now()}000000` });
    const answer = await fetch(`${loki}/loki/api/v1/query?${parameters}`);
    const { data } = await answer.json();
    if (data.result.length === 0) throw new Error('the query found nothing');
  }
}

function percentile(values, percent) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil((sorted.length * percent) / 100) - 1)];
}
