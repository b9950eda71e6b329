// An app that is delayed by the same amount in each phase of its start, and writes down when each was over (before.cjs,
// after.cjs) into the file STAMPS.
require('./slow.cjs');
const { writeFileSync } = require('node:fs');
const { createServer } = require('node:http');
const { setTimeout: sleep } = require('node:timers/promises');

const { stamps, ownClock } = globalThis;
const { now, delayMs } = ownClock;

async function serve() {
  await sleep(delayMs);
  stamps['first log'] = now();
  console.log('starting');
  await sleep(delayMs);
  let isReady = false;
  const server = createServer((_request, response) => {
    if (isReady) stamps.ready ??= now();
    response
      .writeHead(isReady ? 200 : 503)
      .end(() => isReady && writeFileSync(process.env.STAMPS, JSON.stringify(stamps)));
  });
  server.listen(0, '127.0.0.1', () => {
    stamps['port open'] = now();
  });
  await sleep(delayMs);
  isReady = true;
}

void serve();
stamps.modules = now();
