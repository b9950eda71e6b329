// The load of the soak, a process of its own: `node soak-load.mjs JSON`, where JSON says endpoints, seconds and records per
// second of each signal. Sends at that pace (or as fast as it can, where that is slower) and prints a line of JSON for each
// phase: what was acknowledged. The records of a phase have a service of their own, so that they can be counted.
import { Agent } from 'node:http';
import { makeRequest } from './otlp-load.mjs';
import { post } from './post.mjs';

const batchSize = 1_000;
const { endpoints, seconds, phaseSeconds, ratesPerSecond } = JSON.parse(process.argv[2]);
const agent = new Agent({ keepAlive: true, maxSockets: 4 });

const senders = Object.entries(ratesPerSecond).map(([signal, rate]) => ({ signal, rate, batch: 0, timeNs: 0n }));
const endsAt = performance.now() + seconds * 1_000;
for (let phase = 0; performance.now() < endsAt; phase += 1) {
  const phaseEndsAt = Math.min(endsAt, performance.now() + phaseSeconds * 1_000);
  const done = await Promise.all(senders.map((sender) => sendPhase(sender, `soak-${phase}`, phaseEndsAt)));
  const line = { phase, seconds: phaseSeconds, accepted: Object.fromEntries(done) };
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
agent.destroy();

async function sendPhase(sender, service, untilMs) {
  const { signal, rate } = sender;
  const intervalMs = (batchSize * 1_000) / rate;
  let accepted = 0;
  for (
    let dueAt = performance.now();
    dueAt < untilMs;
    dueAt = Math.max(dueAt + intervalMs, performance.now() - 1_000)
  ) {
    const waitMs = dueAt - performance.now();
    if (waitMs > 1) await new Promise((resolve) => setTimeout(resolve, waitMs));
    // No two batches have a time in common: samples of a series with equal times would count once.
    const nowNs = BigInt(Date.now()) * 1_000_000n;
    sender.timeNs = nowNs > sender.timeNs ? nowNs : sender.timeNs + 1_000_000n;
    const body = makeRequest[signal]({ count: batchSize, batch: sender.batch++, startNs: sender.timeNs, service });
    await post(endpoints[signal], body, agent);
    accepted += batchSize;
  }
  return [signal, accepted];
}
