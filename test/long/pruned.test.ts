// A stack at its cap: the oldest data goes, memory stays below the limit, and answers tell "pruned" apart from "never seen".
import { expect, test } from 'vitest';
import { decodeJson, encodeProtobuf, type Signal } from '../../src/wire/otlp/request.ts';
import { makeStackFolder, type RunningKeeper, startKeeper } from '../keeper/keeper-process.ts';
import { getJson, post } from '../keeper/telemetry.ts';

const memoryBytes = 1_500_000;
const hourMs = 3_600_000;
const batches = 30;
const recordsOfBatch = 250;
/** Samples are small: it takes many series to fill the memory. */
const seriesOfBatch = 1500;

const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'busy' } }] };
const records = <T>(make: (i: number) => T, length = recordsOfBatch) => Array.from({ length }, (_, i) => make(i));

/** One batch of each signal at a time; later ones push out the first. */
const makeBatch: Readonly<Record<Signal, (batch: number, timeUnixNano: string) => object>> = {
  logs: (batch, timeUnixNano) => ({
    resourceLogs: [
      {
        resource,
        scopeLogs: [
          { logRecords: records((i) => ({ timeUnixNano, body: { stringValue: `${batch}/${i} `.padEnd(300, 'x') } })) },
        ],
      },
    ],
  }),
  metrics: (_, timeUnixNano) => ({
    resourceMetrics: [
      {
        resource,
        scopeMetrics: [
          {
            metrics: [
              {
                name: 'busy',
                gauge: {
                  dataPoints: records(
                    (i) => ({
                      timeUnixNano,
                      asDouble: i,
                      attributes: [{ key: 'i', value: { stringValue: String(i) } }],
                    }),
                    seriesOfBatch,
                  ),
                },
              },
            ],
          },
        ],
      },
    ],
  }),
  traces: (batch, time) => ({
    resourceSpans: [
      {
        resource,
        scopeSpans: [
          {
            spans: records((i) => ({
              traceId: (batch * recordsOfBatch + i + 1).toString(16).padStart(32, '0'),
              spanId: '00000000000000aa',
              name: `work ${batch}/${i}`,
              startTimeUnixNano: time,
              endTimeUnixNano: time,
            })),
          },
        ],
      },
    ],
  }),
};

async function fill({ endpoints }: RunningKeeper, signal: Signal, startMs: number): Promise<void> {
  for (let batch = 0; batch < batches; batch++) {
    const timeNs = String(BigInt(startMs + (batch * hourMs) / batches) * 1_000_000n);
    const json = Buffer.from(JSON.stringify(makeBatch[signal](batch, timeNs)));
    const body = encodeProtobuf(signal, decodeJson(signal, json));
    expect((await post(`${endpoints.otlpHttp}/v1/${signal}`, 'application/x-protobuf', body)).status).toBe(200);
  }
}

interface Usage {
  readonly usage: Readonly<Record<Signal, { bytes: number; prunedBeforeMs?: number }>>;
}

test('what was pruned is named in the status and in the answers of all three languages, and nothing else is', async () => {
  const keeper = await startKeeper(await makeStackFolder({ limits: { memoryBytes, retentionMs: 7 * 24 * hourMs } }));
  const startMs = Date.now() - hourMs;
  for (const signal of ['logs', 'metrics', 'traces'] as const) await fill(keeper, signal, startMs);
  const { usage } = (await keeper.control('GET', '/obs/status')).json as Usage;
  const held = Object.values(usage);
  expect(held.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThan(memoryBytes * 1.2);
  for (const { prunedBeforeMs } of held) expect(prunedBeforeMs).toBeGreaterThan(startMs);

  const { loki, prometheus, tempo } = keeper.endpoints;
  const warning = expect.stringMatching(/^what came before 20.*Z was pruned, at least in part \(limits\.memory/);
  const logs = (since: string) =>
    getJson(`${loki}/loki/api/v1/query_range?${new URLSearchParams({ query: '{service_name="busy"}', since })}`);
  expect(await logs('2h')).toMatchObject({ status: 'success', warnings: [warning] });
  expect(await logs('1s')).not.toHaveProperty('warnings');
  const counted = (query: string) => getJson(`${loki}/loki/api/v1/query?${new URLSearchParams({ query })}`);
  expect(await counted('count_over_time({service_name="busy"}[2h])')).toMatchObject({ warnings: [warning] });
  expect(await counted('count_over_time({service_name="busy"}[1s])')).not.toHaveProperty('warnings');

  const metrics = (query: string) => getJson(`${prometheus}/api/v1/query?${new URLSearchParams({ query })}`);
  expect(await metrics('count_over_time(busy[2h])')).toMatchObject({ warnings: [warning] });
  expect(await metrics('busy{i="1"}[1s]')).not.toHaveProperty('warnings');

  const nowSec = Math.floor(Date.now() / 1000);
  const search = async (start: number) =>
    (await fetch(`${tempo}/api/search?q={}&start=${start}&end=${nowSec + 60}`)).headers.get('warning');
  expect(await search(nowSec - 7200)).toMatch(/^299 obs "what came before .* was pruned/);
  expect(await search(nowSec)).toBeNull();
  expect(await getJson(`${tempo}/api/v2/traces/${'1'.padStart(32, '0')}`)).toMatchObject({
    status: 'PARTIAL',
    message: warning,
  });
});
