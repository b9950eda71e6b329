// The example shop has no line of telemetry code. With the preload one request is one trace through three services.
import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { type Collector, type Program, shop, startCollector, startNode, waitUntil } from './harness.ts';

async function findFreePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port');
  return address.port;
}

async function startService(
  collector: Collector,
  file: string,
  env: Record<string, string>,
): Promise<Program & { url: string }> {
  const port = await findFreePort();
  const program = startNode([file], {
    cwd: shop,
    collector,
    env: { ...env, PORT: String(port), OTEL_SERVICE_NAME: file.slice(0, file.indexOf('/')) },
  });
  await waitUntil(() => /listening/i.test(program.output()), program.output);
  return { ...program, url: `http://127.0.0.1:${port}` };
}

test('a request through Express, Fastify as ES modules and SQL is one trace, and its log lines carry the id', async () => {
  const collector = await startCollector();
  const inventory = await startService(collector, 'inventory/server.js', {});
  const checkout = await startService(collector, 'checkout/server.mjs', { INVENTORY_URL: inventory.url });
  const gateway = await startService(collector, 'gateway/server.js', {
    CHECKOUT_URL: checkout.url,
    INVENTORY_URL: inventory.url,
  });
  const headers = { 'content-type': 'application/json' };
  await fetch(`${gateway.url}/cart`, { method: 'POST', headers, body: '{"sku":"cup","quantity":3}' });
  const placed = await fetch(`${gateway.url}/checkout`, { method: 'POST' });
  expect(await placed.json()).toMatchObject({ total: 18 });

  const isRoot = (span: { name: string }): boolean => span.name === 'POST /checkout';
  const root = await waitUntil(
    () => collector.spans.find(isRoot),
    () => JSON.stringify(collector.spans),
  );
  const inTrace = () => collector.spans.filter((span) => span.traceId === root.traceId);
  await waitUntil(
    () => inTrace().some((span) => span.name === 'POST /orders'),
    () => JSON.stringify(inTrace()),
  );
  await waitUntil(
    () => inTrace().some((span) => span.name === 'POST /reservations'),
    () => JSON.stringify(inTrace()),
  );
  const scopes = new Set(
    inTrace().map((span) => `${span.service} ${span.scope.replace('@opentelemetry/instrumentation-', '')}`),
  );
  expect([...scopes].sort()).toEqual([
    'checkout @fastify/otel',
    'checkout http',
    'checkout undici',
    'gateway express',
    'gateway http',
    'gateway undici',
    'inventory express',
    'inventory http',
    'inventory knex',
  ]);
  const statements = inTrace().map((span) => span.attributes['db.query.text'] ?? span.attributes['db.statement']);
  expect(statements).toContain('update `item` set `stock` = `stock` - ? where `sku` = ? and `stock` >= ?');
  for (const { output } of [gateway, checkout, inventory]) expect(output()).toContain(`"trace_id":"${root.traceId}"`);
});
