// The readiness probe against servers that lose what they are given.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Endpoints } from '../model/ports.ts';
import { probeStack } from './probe.ts';

const refusedPaths = new Set<string>();
let received = '';

// Takes every export; gives back all it ever got, except from servers whose query path is refused.
const server = createServer((request, response) => {
  const path = request.url ?? '';
  if ([...refusedPaths].some((refused) => path.startsWith(refused))) return void response.writeHead(503).end('no');
  if (request.method === 'GET') return void response.end(received);
  request.on('data', (chunk) => (received += chunk));
  request.on('end', () => response.end('{}'));
});
let endpoints: Endpoints;

beforeAll(async () => {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  // A listening TCP server has an address with a port.
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  endpoints = {
    loki: url,
    prometheus: url,
    tempo: url,
    otlpHttp: url,
    otlpGrpc: url,
    otlpLogs: `${url}/v1/logs`,
    otlpMetrics: `${url}/v1/metrics`,
    otlpTraces: `${url}/v1/traces`,
  };
});
afterAll(() => new Promise((done) => server.close(done)));

const options = { nowMs: Date.now, timeoutMs: 50 };

describe('the probe', () => {
  test('is content when log, sample and span come back', async () => {
    await expect(probeStack(endpoints, options)).resolves.toBeUndefined();
  });

  test.each([
    ['log', '/loki/'],
    ['sample', '/api/v1/query'],
    ['span', '/v1/traces'],
  ])('names the %s that was lost at %s', async (name, path) => {
    refusedPaths.add(path);
    try {
      await expect(probeStack(endpoints, options)).rejects.toMatchObject({
        code: 'OBS_PROBE_LOST',
        data: { missing: [name], details: [expect.stringContaining('answered 503 no')] },
      });
    } finally {
      refusedPaths.clear();
    }
  });
});
