// Takes orders: reserves each line at the inventory and adds up the price. SLOW_START_MS seeds a start that is too slow.
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import Fastify from 'fastify';

const inventoryUrl = process.env.INVENTORY_URL ?? 'http://127.0.0.1:3002';
const app = Fastify({ logger: { name: 'checkout' } });

app.get('/healthz', async () => ({ ok: true }));

app.post('/orders', async (request, reply) => {
  const lines = request.body?.lines ?? [];
  if (lines.length === 0) return reply.code(422).send({ error: 'the cart is empty' });
  let total = 0;
  for (const line of lines) total += await reserve(line);
  const order = { id: randomUUID(), total };
  request.log.info({ order: order.id, total }, 'order accepted');
  return reply.code(201).send(order);
});

async function reserve(line) {
  const answer = await fetch(`${inventoryUrl}/reservations`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(line),
  });
  if (!answer.ok) throw new Error(`the inventory refused ${line.sku}: ${answer.status} ${await answer.text()}`);
  const { price } = await answer.json();
  return price * line.quantity;
}

await sleep(Number(process.env.SLOW_START_MS ?? 0));
await app.listen({ port: Number(process.env.PORT ?? 3001), host: '127.0.0.1' });
console.log('checkout is open for orders');

process.once('SIGTERM', () => app.close());
