// Free ports of 127.0.0.1 for servers that obs starts and nobody else needs to know of. They lie below the ports that systems
// give to outgoing connections (32768 and up on Linux, 49152 and up elsewhere): one of those could take a port before its
// server does, and a connection to such a port, made before somebody listens there, can even meet itself.
import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

const firstPort = 10_000;
/** From here on are the ports of stacks (`model/ports.ts`). */
const endPort = 20_000;

/**
 * Ports that are free now, each another one; nobody holds them until the servers do. `start` is where the search begins;
 * a place by chance keeps apart those who search at the same time.
 */
export async function findFreePorts(count: number, start = randomInt(firstPort, endPort)): Promise<number[]> {
  const found: number[] = [];
  for (let tried = 0; found.length < count && tried < endPort - firstPort; tried++) {
    const port = firstPort + ((start - firstPort + tried) % (endPort - firstPort));
    if (await isFree(port)) found.push(port);
  }
  if (found.length < count) throw new Error(`fewer than ${count} ports are free between ${firstPort} and ${endPort}`);
  return found;
}

function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  });
}
