// The five ports of a stack: binding and closing them. The bind is the lock of the stack.
import { ObsError } from '../errors/obs-error.ts';
import type { listenerRoles } from '../model/keeper-api.ts';
import { portOffset } from '../model/ports.ts';
import { readErrorCode } from '../std/error-code.ts';
import { sleep } from '../std/sleep.ts';
import type { Port } from './http/shared-port.ts';

export type ListenerRole = (typeof listenerRoles)[number];

const loopback = '127.0.0.1';

/** A keeper whose `up` was killed lets go of the ports as soon as it sees that another start has followed. */
const bindAttempts = 10;
const bindPauseMs = 100;

/** Binds every server to its port of the block; when one fails, those already bound are closed again. @throws ObsError */
export async function bindAll(ports: Readonly<Record<ListenerRole, Port>>, basePort: number): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await tryBindAll(ports, basePort);
    } catch (error) {
      const mayPass = error instanceof ObsError && error.code === 'OBS_KEEPER_PORT_TAKEN';
      if (!mayPass || attempt === bindAttempts) throw error;
      await sleep(bindPauseMs);
    }
  }
}

async function tryBindAll(ports: Readonly<Record<ListenerRole, Port>>, basePort: number): Promise<void> {
  // `ports` has exactly the roles as keys.
  const entries = Object.entries(ports) as [ListenerRole, Port][];
  const results = await Promise.allSettled(
    entries.map(([role, port]) => bind(port.server, { role, number: basePort + portOffset[role] })),
  );
  const failed = results.find((result) => result.status === 'rejected');
  if (failed === undefined) return;
  await closeAll(Object.values(ports));
  throw failed.reason;
}

/** Closes the ports at once, and the connections after a moment in which answers under way can be sent. */
export async function closeAll(ports: readonly Port[]): Promise<void> {
  const closed = Promise.all(ports.map(({ server }) => new Promise((done) => server.close(done))));
  for (const port of ports) port.closeIdleConnections();
  const giveUp = setTimeout(() => {
    for (const port of ports) port.closeAllConnections();
  }, lastAnswersMs);
  await closed;
  clearTimeout(giveUp);
}

const lastAnswersMs = 300;

interface Place {
  readonly role: ListenerRole;
  readonly number: number;
}

function bind(server: Port['server'], { role, number }: Place): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(describeBindError(error, { role, number })));
    server.listen({ port: number, host: loopback, exclusive: true }, () => {
      server.removeAllListeners('error');
      resolve();
    });
  });
}

function describeBindError(error: Error, { role, number: port }: Place): Error {
  const code = readErrorCode(error);
  if (code === 'EADDRINUSE') return new ObsError('OBS_KEEPER_PORT_TAKEN', { port, role }, { cause: error });
  if (code === 'EPERM' || code === 'EACCES')
    return new ObsError('OBS_KEEPER_BIND_DENIED', { port, role, reason: error.message }, { cause: error });
  return error;
}
