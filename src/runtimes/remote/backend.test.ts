// Addresses as people have them, and what follows from them.
import { describe, expect, test } from 'vitest';
import { configSchema } from '../../config/schema.ts';
import { type CompleteRemote, makeRemoteBackend, readRemote } from './backend.ts';

const loki = { url: 'https://loki/', tenant: 'dev', headers: { 'x-a': 'b' } };
const servers: CompleteRemote = {
  loki,
  prometheus: { url: 'https://mimir/prometheus', headers: {} },
  tempo: { url: 'http://tempo:3200', headers: {} },
};
const make = (changes: Partial<CompleteRemote>) => makeRemoteBackend({ ...servers, ...changes });

describe('the backend of remote servers', () => {
  test('is shared, and has the tenant among its headers', () => {
    expect(makeRemoteBackend(servers)).toMatchObject({
      tenancy: 'shared',
      loki: { url: 'https://loki', headers: { 'x-a': 'b', 'X-Scope-OrgID': 'dev' } },
      prometheus: { metricsProtocol: 'remote-write', headers: {} },
    });
  });

  test.each([
    ['https://prometheus:9090/', undefined, 'https://prometheus:9090/api/v1/write'],
    ['https://mimir/prometheus', undefined, 'https://mimir/api/v1/push'],
    ['https://x.grafana.net/api/prom', undefined, 'https://x.grafana.net/api/prom/push'],
    ['https://mimir/prometheus', 'https://in.example.com/push', 'https://in.example.com/push'],
  ])('writes metrics of %s (writeUrl %s) to %s', (url, writeUrl, target) => {
    const { prometheus } = make({ prometheus: { url, headers: {}, ...(writeUrl && { writeUrl }) } });
    expect(prometheus).toMatchObject({ writeUrl: target, remoteWriteUrl: target });
  });

  test.each([
    ['http://tempo:3200', undefined, 'http://tempo:4318/v1/traces'],
    ['http://tempo:3200/tempo', undefined, 'http://tempo:4318/v1/traces'],
    ['https://gateway/tempo', undefined, 'https://gateway/tempo/v1/traces'],
    ['https://gateway/tempo', 'https://otlp/v1/traces', 'https://otlp/v1/traces'],
  ])('writes spans of %s (writeUrl %s) to %s', (url, writeUrl, target) => {
    const { tempo } = make({ tempo: { url, headers: {}, ...(writeUrl && { writeUrl }) } });
    expect(tempo.otlpTracesUrl).toBe(target);
  });

  test('needs all three servers', () => {
    expect(readRemote(configSchema.parse({}).remote)).toBeUndefined();
    expect(readRemote(servers)).toEqual(servers);
  });
});
