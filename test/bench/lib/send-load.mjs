// The load generator, a process of its own: `node send-load.mjs SIGNAL URL BATCHES BATCH-SIZE CONNECTIONS START-NS
// [SECRET-EVERY]`. Encodes everything first, then sends, and prints how long the sending took.
import { Agent, request } from 'node:http';
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
const agent = new Agent({ keepAlive: true, maxSockets: Number(connections) });

const startedAt = performance.now();
let next = 0;
await Promise.all(
  Array.from({ length: Number(connections) }, async () => {
    while (next < bodies.length) await post(bodies[next++]);
  }),
);
const tookMs = performance.now() - startedAt;
agent.destroy();
process.stdout.write(`${JSON.stringify({ tookMs, bytes: bodies.reduce((sum, body) => sum + body.length, 0) })}\n`);

function post(body) {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/x-protobuf', 'content-length': body.length };
    const sent = request(url, { method: 'POST', agent, headers }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (chunk) => (text += chunk));
      answer.on('end', () => {
        if (answer.statusCode === 200 || answer.statusCode === 204) resolve();
        else reject(new Error(`${url} answered ${answer.statusCode}: ${text}`));
      });
    });
    sent.on('error', reject).end(body);
  });
}
