// The stock, in an SQL database inside the process: libsql behind knex. SLOW_QUERY_MS seeds a query that is too slow.
const knex = require('knex');

const items = [
  { sku: 'kettle', name: 'Kettle', price: 39, stock: 1_000_000 },
  { sku: 'teapot', name: 'Teapot', price: 25, stock: 1_000_000 },
  { sku: 'cup', name: 'Cup', price: 6, stock: 1_000_000 },
];

// Replays stock movements that no index covers, until the given time has come: a real statement, busy in the database.
const replayMovements = `
  with recursive movement(n) as (
    select 1 union all select n + 1 from movement
    where n % 50000 <> 1 or julianday('now', (n * 0) || ' days') < julianday(?, 'unixepoch'))
  select n from movement where n % 50000 = 0`;

/** Opens an empty database and fills it with the items. */
async function openDatabase() {
  const db = knex({ client: 'better-sqlite3', connection: { filename: ':memory:' }, useNullAsDefault: true });
  await db.schema.createTable('item', (table) => {
    table.string('sku').primary();
    table.string('name');
    table.integer('price');
    table.integer('stock');
  });
  await db('item').insert(items);
  return db;
}

/** Takes `quantity` pieces off the stock; undefined if there are too few, or no such item. */
async function reserve(db, { sku, quantity }) {
  const slowMs = Number(process.env.SLOW_QUERY_MS ?? 0);
  if (slowMs > 0) await db.raw(replayMovements, [(Date.now() + slowMs) / 1000]);
  const changed = await db('item').where({ sku }).where('stock', '>=', quantity).decrement('stock', quantity);
  return changed === 1 ? db('item').where({ sku }).first() : undefined;
}

module.exports = { openDatabase, reserve };
