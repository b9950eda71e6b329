// The five ports of a stack: binding and closing them. The bind is the lock of the stack.
import type { Server } from 'node:http';
import { ObsError } from '../errors/obs-error.ts';
import type { listenerRoles } from '../model/keeper-api.ts';
import { portOffset } from '../model/ports.ts';
import { readErrorCode } from '../std/error-code.ts';

export type ListenerRole = (typeof listenerRoles)[number];

const loopback = '127.0.0.1';

/** Binds every server to its port of the block; when one fails, those already bound are closed again. @throws ObsError */
export async function bindAll(servers: Readonly<Record<ListenerRole, Server>>, basePort: number): Promise<void> {
  // `servers` has exactly the roles as keys.
  const entries = Object.entries(servers) as [ListenerRole, Server][];
  const results = await Promise.allSettled(
    entries.map(([role, server]) => bind(server, { role, port: basePort + portOffset[role] })),
  );
  const failed = results.find((result) => result.status === 'rejected');
  if (failed === undefined) return;
  await closeAll(Object.values(servers));
  throw failed.reason;
}

/** Closes the ports at once, and the connections after a moment in which answers under way can be sent. */
export async function closeAll(servers: readonly Server[]): Promise<void> {
  const closed = Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
  for (const server of servers) server.closeIdleConnections();
  const giveUp = setTimeout(() => {
    for (const server of servers) server.closeAllConnections();
  }, lastAnswersMs);
  await closed;
  clearTimeout(giveUp);
}

const lastAnswersMs = 300;

interface Place {
  readonly role: ListenerRole;
  readonly port: number;
}

function bind(server: Server, { role, port }: Place): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(describeBindError(error, { role, port })));
    server.listen({ port, host: loopback, exclusive: true }, () => {
      server.removeAllListeners('error');
      resolve();
    });
  });
}

function describeBindError(error: Error, { role, port }: Place): Error {
  const code = readErrorCode(error);
  if (code === 'EADDRINUSE') return new ObsError('OBS_KEEPER_PORT_TAKEN', { port, role }, { cause: error });
  if (code === 'EPERM' || code === 'EACCES')
    return new ObsError('OBS_KEEPER_BIND_DENIED', { port, role, reason: error.message }, { cause: error });
  return error;
}
