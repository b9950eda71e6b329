// The load generator, a process of its own: `node send-load.mjs SIGNAL URL BATCHES BATCH-SIZE CONNECTIONS START-NS
// [SECRET-EVERY]`. Encodes everything first, then sends, and prints how long the sending took.
import { DrainingClient } from './draining-client.mjs';
import { makeRequest } from './otlp-load.mjs';

const [signal, url, batches, batchSize, connections, startNs, secretEvery = 0] = process.argv.slice(2);
// Batches are a millisecond apart, so that no two records of a series have the same time.
const bodies = Array.from({ length: Number(batches) }, (_, batch) =>
  makeRequest[signal]({
    count: Number(batchSize),
    batch,
    startNs: BigInt(startNs) + BigInt(batch) * 1_000_000n,
    secretEvery: Number(secretEvery),
  }),
);
const startedAt = performance.now();
let next = 0;
await Promise.all(
  Array.from({ length: Number(connections) }, async () => {
    const client = new DrainingClient();
    while (next < bodies.length) await client.ask(url, { 'content-type': 'application/x-protobuf' }, bodies[next++]);
    client.close();
  }),
);
const tookMs = performance.now() - startedAt;
process.stdout.write(`${JSON.stringify({ tookMs, bytes: bodies.reduce((sum, body) => sum + body.length, 0) })}\n`);
