// Knows what is in stock and reserves it.
const express = require('express');
const { pino } = require('pino');
const { openDatabase, reserve } = require('./database.js');

const log = pino({ name: 'inventory' });

async function main() {
  const db = await openDatabase();
  const app = express();
  app.use(express.json());

  app.get('/healthz', (_request, response) => response.json({ ok: true }));

  app.get('/items', async (_request, response) => response.json(await db('item').orderBy('name')));

  app.post('/reservations', async (request, response) => {
    const item = await reserve(db, request.body);
    if (!item) return response.status(409).json({ error: `not enough of ${request.body.sku}` });
    log.info({ sku: item.sku, left: item.stock }, 'reserved');
    response.status(201).json({ sku: item.sku, price: item.price });
  });

  app.use((error, _request, response, _next) => {
    log.error({ err: error }, 'request failed');
    response.status(500).json({ error: error.message });
  });

  const server = app.listen(Number(process.env.PORT ?? 3002), '127.0.0.1', () => {
    log.info({ port: server.address().port }, 'inventory is listening');
  });
  process.once('SIGTERM', () => server.close(() => process.exit(0)));
}

main();
