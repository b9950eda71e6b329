// One record of each signal as an app sends it, and how many of a service each query API finds.

import { expect } from 'vitest';
import { decodeJson, encodeProtobuf, type Signal } from '../../src/wire/otlp/request.ts';
import type { RunningKeeper } from './keeper-process.ts';

// Spans of one id in one trace are one span.
const traceIdOf = (service: string) => Buffer.from(service.padEnd(16, '-')).toString('hex');
export const stamp = () => String(BigInt(Date.now()) * 1_000_000n);
const resource = (service: string) => ({
  attributes: [
    { key: 'service.name', value: { stringValue: service } },
    { key: 'obs.run.id', value: { stringValue: 'r-1' } },
  ],
});
export const exports: Readonly<Record<Signal, (service: string, text?: string) => object>> = {
  logs: (service, text = 'hello') => ({
    resourceLogs: [
      {
        resource: resource(service),
        scopeLogs: [{ logRecords: [{ timeUnixNano: stamp(), body: { stringValue: text } }] }],
      },
    ],
  }),
  metrics: (service) => ({
    resourceMetrics: [
      {
        resource: resource(service),
        scopeMetrics: [
          {
            metrics: [
              {
                name: 'queue.size',
                unit: 'By',
                description: 'Jobs',
                gauge: { dataPoints: [{ timeUnixNano: stamp(), asInt: '7' }] },
              },
            ],
          },
        ],
      },
    ],
  }),
  traces: (service) => ({
    resourceSpans: [
      {
        resource: resource(service),
        scopeSpans: [
          {
            spans: [
              {
                traceId: traceIdOf(service),
                spanId: '0102030405060708',
                name: 'work',
                startTimeUnixNano: stamp(),
                endTimeUnixNano: stamp(),
              },
            ],
          },
        ],
      },
    ],
  }),
};

export const post = (url: string, type: string, body: Uint8Array | string, headers: Record<string, string> = {}) =>
  fetch(url, { method: 'POST', headers: { 'content-type': type, ...headers }, body });
export const asJson = (signal: Signal, service: string) => JSON.stringify(exports[signal](service));
export const asProtobuf = (signal: Signal, service: string) =>
  encodeProtobuf(signal, decodeJson(signal, Buffer.from(asJson(signal, service))));

/** How many records of a service each API finds. */
export const count: Readonly<
  Record<Signal, (keeper: Pick<RunningKeeper, 'endpoints'>, service: string) => Promise<number>>
> = {
  logs: async ({ endpoints }, service) => {
    const query = encodeURIComponent(`{service_name="${service}"}`);
    const answer = await getJson(`${endpoints.loki}/loki/api/v1/query_range?query=${query}&limit=100`);
    const { result } = answer.data as { result: { values: unknown[] }[] };
    return result.reduce((sum, { values }) => sum + values.length, 0);
  },
  metrics: async ({ endpoints }, service) => {
    const query = encodeURIComponent(`queue_size_bytes{job="${service}"}`);
    const answer = await getJson(`${endpoints.prometheus}/api/v1/query?query=${query}`);
    return (answer.data as { result: unknown[] }).result.length;
  },
  traces: async ({ endpoints }, service) => {
    const query = encodeURIComponent(`{ resource.service.name = "${service}" }`);
    return ((await getJson(`${endpoints.tempo}/api/search?q=${query}`)).traces as unknown[]).length;
  },
};

export async function getJson(url: string): Promise<Record<string, unknown>> {
  const response = await fetch(url);
  expect(response.status).toBe(200);
  return (await response.json()) as Record<string, unknown>;
}
