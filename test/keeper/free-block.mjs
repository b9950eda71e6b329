// Five ports in a row for a keeper of a test. They lie below those that the system gives to whoever connects (from 32768 on)
// and those of stacks (from 20000 on), and the port behind them is held as a lock: tests run side by side, and
// between looking at ports and taking them another test could have looked, too.
import { createServer } from 'node:net';

const firstPort = 10_000;
const blockSize = 8;
const blockCount = 1_250;
const portsOfKeeper = 5;

/** The first of five free ports, which are the caller's until its process ends. */
export async function findFreeBlock() {
  for (;;) {
    const first = firstPort + Math.floor(Math.random() * blockCount) * blockSize;
    const lock = await listen(first + portsOfKeeper);
    if (lock === undefined) continue;
    const ports = Array.from({ length: portsOfKeeper }, (_, offset) => first + offset);
    if ((await Promise.all(ports.map(isFree))).every(Boolean)) {
      lock.unref();
      return first;
    }
    lock.close();
  }
}

async function isFree(port) {
  const server = await listen(port);
  if (server === undefined) return false;
  await new Promise((resolve) => server.close(resolve));
  return true;
}

/** Undefined: the port is taken. */
function listen(port) {
  return new Promise((resolve) => {
    const server = createServer().once('error', () => resolve(undefined));
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}
