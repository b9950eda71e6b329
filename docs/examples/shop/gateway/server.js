// The only service that customers reach: shows the products, keeps carts in memory, and hands an order to checkout.
const express = require('express');
const { pino } = require('pino');
const { Counter, Registry, collectDefaultMetrics } = require('prom-client');

const log = pino({ name: 'gateway' });
const checkoutUrl = process.env.CHECKOUT_URL ?? 'http://127.0.0.1:3001';
const inventoryUrl = process.env.INVENTORY_URL ?? 'http://127.0.0.1:3002';

const registry = new Registry();
collectDefaultMetrics({ register: registry });
const orders = new Counter({
  name: 'shop_orders_total',
  help: 'Orders by outcome.',
  labelNames: ['outcome'],
  registers: [registry],
});

const cart = [];
const app = express();
app.use(express.json());

app.get('/healthz', (_request, response) => response.json({ ok: true }));

app.get('/metrics', async (_request, response) => {
  response.type(registry.contentType).send(await registry.metrics());
});

app.get('/products', async (_request, response) => {
  const answer = await fetch(`${inventoryUrl}/items`);
  const items = await answer.json();
  log.info({ count: items.length }, 'products listed');
  response.json(items);
});

app.post('/cart', (request, response) => {
  cart.push({ sku: request.body.sku, quantity: request.body.quantity ?? 1 });
  log.info({ sku: request.body.sku, size: cart.length }, 'put into the cart');
  response.status(201).json({ size: cart.length });
});

app.post('/checkout', async (_request, response) => {
  const lines = cart.splice(0);
  const answer = await fetch(`${checkoutUrl}/orders`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ lines }),
  });
  const order = await answer.json();
  orders.inc({ outcome: answer.ok ? 'placed' : 'refused' });
  log.info({ order: order.id, total: order.total }, answer.ok ? 'order placed' : 'order refused');
  response.status(answer.status).json(order);
});

app.use((error, _request, response, _next) => {
  log.error({ err: error }, 'request failed');
  response.status(502).json({ error: error.message });
});

const server = app.listen(Number(process.env.PORT ?? 3000), '127.0.0.1', () => {
  log.info({ port: server.address().port }, 'gateway is listening');
});

process.once('SIGTERM', () => server.close(() => process.exit(0)));
