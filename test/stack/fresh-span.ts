// One span of this very moment, and how many of its name TraceQL metrics count. Tempo hides what is newer than its cutoff,
// and with some settings the whole step that has not ended yet.
import { randomBytes } from 'node:crypto';
import { expect } from 'vitest';
import { type StackAnswer, until } from './harness.ts';

/** Sends a span, waits until metrics of small steps count it, and expects it in those of a minute at once. */
export async function expectFreshSpanAtAnyStep({ endpoints }: StackAnswer): Promise<void> {
  const name = `fresh ${randomBytes(4).toString('hex')}`;
  const time = `${Date.now()}000000`;
  const ids = { traceId: randomBytes(16).toString('hex'), spanId: randomBytes(8).toString('hex') };
  const span = { ...ids, name, startTimeUnixNano: time, endTimeUnixNano: time };
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'web' } }] };
  const sent = await fetch(endpoints.otlpTraces ?? '', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ spans: [span] }] }] }),
  });
  expect(sent.status).toBe(200);
  const count = (step: string) => countSpans({ tempo: endpoints.tempo ?? '', name, step });
  await until(async () => (await count('1s')) === 1);
  expect(await count('60s')).toBe(1);
}

interface Answer {
  readonly series?: readonly { readonly samples?: readonly { readonly value?: number }[] }[];
}

async function countSpans({ tempo, name, step }: { tempo: string; name: string; step: string }): Promise<number> {
  const nowS = Math.ceil(Date.now() / 1000);
  const asked = { q: `{ name = "${name}" } | count_over_time()`, start: `${nowS - 900}`, end: `${nowS}`, step };
  const answer = await fetch(`${tempo}/api/metrics/query_range?${new URLSearchParams(asked)}`);
  // The API of Tempo says so: https://grafana.com/docs/tempo/latest/api_docs/#traceql-metrics
  const { series = [] } = (await answer.json()) as Answer;
  const samples = series.flatMap((one) => one.samples ?? []);
  return samples.reduce((sum, { value = 0 }) => sum + value, 0);
}
