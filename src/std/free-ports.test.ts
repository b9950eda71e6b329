// The ports that servers behind a keeper get.
import { createServer } from 'node:net';
import { expect, it } from 'vitest';
import { findFreePorts } from './free-ports.ts';

it('passes over a port that somebody holds, and goes on at the beginning after the last', async () => {
  const [held = 0] = await findFreePorts(1);
  const holder = createServer();
  await new Promise<void>((done) => holder.listen(held, '127.0.0.1', done));
  const found = await findFreePorts(3, held);
  await new Promise((done) => holder.close(done));
  expect(found).toHaveLength(3);
  expect(found).not.toContain(held);
  const [last = 0, next = 0] = await findFreePorts(2, 19_999);
  expect(last).toBeGreaterThanOrEqual(10_000);
  expect(next).toBeLessThan(20_000);
});

it('stays below the ports that outgoing connections get', async () => {
  const ports = await findFreePorts(40);
  expect(new Set(ports).size).toBe(40);
  expect(ports.every((port) => port >= 10_000 && port < 20_000)).toBe(true);
});
