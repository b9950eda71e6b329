// The source of budgets over HTTP: all lines of a scope, page by page, whatever the server's limit of one answer.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { makeBackendSource } from '../../src/budgets/backend-source.ts';
import { LokiClient } from '../../src/clients/loki.ts';
import { PrometheusClient } from '../../src/clients/prometheus.ts';
import { TempoClient } from '../../src/clients/tempo.ts';

let close = async () => {};
afterEach(() => close());

/** A server that knows one query, and answers lines of a window up to a limit as Loki does. */
async function serveLines(times: readonly bigint[], runIds: readonly (string | undefined)[] = ['r-1']) {
  const server = createServer((request, response) => {
    const search = new URL(request.url ?? '', 'http://x').searchParams;
    const found = times
      .map((at, index) => ({ at, index }))
      .filter(({ at }) => at >= BigInt(search.get('start') ?? 0) && at < BigInt(search.get('end') ?? 0))
      .slice(0, Number(search.get('limit')));
    const streams = runIds.map((runId, stream) => ({
      stream: { service_name: 'web', obs_run_id: runId },
      values: found
        .filter(({ index }) => index % runIds.length === stream)
        .map(({ at, index }) => [String(at), `line ${index}`]),
    }));
    response.end(JSON.stringify({ data: { resultType: 'streams', result: streams } }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  close = () => new Promise((resolve) => server.close(() => resolve()));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`; // a TCP server has a port
  return makeBackendSource({
    loki: new LokiClient(url),
    prometheus: new PrometheusClient(url),
    tempo: new TempoClient(url),
  });
}

const scope = { windows: [{ startMs: 0, endMs: 100 }], runIds: ['r-1'] };

describe('lines of a scope', () => {
  it.each([
    { name: 'each of its own time', count: 12_345, perTime: 1 },
    { name: 'hundreds of one time', count: 12_345, perTime: 300 },
    { name: 'exactly one page', count: 5_000, perTime: 1 },
    { name: 'exactly two pages', count: 10_000, perTime: 1 },
    { name: 'none', count: 0, perTime: 1 },
  ])('are all there, once: $name', async ({ count, perTime }) => {
    const times = Array.from({ length: count }, (_, at) => BigInt(Math.floor(at / perTime)));
    const lines = await (await serveLines(times)).lines('{a="b"}', scope);
    expect(lines.cutOff).toBeNull();
    expect(new Set(lines.items.map((one) => one.line)).size).toBe(count);
    expect(lines.items).toHaveLength(count);
  });

  it('leave out those of runs that are not in scope', async () => {
    const source = await serveLines([1n, 2n, 3n, 4n], ['r-1', 'r-2']);
    expect((await source.lines('{a="b"}', scope)).items.map((one) => one.line)).toEqual(['line 0', 'line 2']);
    expect(await source.anyLine('{a="b"}', { ...scope, runIds: ['r-3'] })).toBe(false);
  });

  it('end with the window, unless they say that a run in scope wrote them', async () => {
    // Two lines inside the window of 100 ms and two after it, in turn of a run and of nobody.
    const source = await serveLines([50_000_000n, 50_000_001n, 150_000_000n, 150_000_001n], ['r-1', undefined]);
    expect((await source.lines('{a="b"}', scope)).items.map((one) => one.line)).toEqual(['line 0', 'line 1', 'line 2']);
  });

  it('are cut off, and say so, where more than a page are of one time', async () => {
    const lines = await (await serveLines(Array.from({ length: 6_000 }, () => 5n))).lines('{a="b"}', scope);
    expect(lines.cutOff).toBe('the query was cut off at 5000 lines');
  });
});
