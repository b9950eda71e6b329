// The five ports of a stack: which routes each one serves, and binding them. The bind is the lock of the stack.
import type { Server } from 'node:net';
import { ObsError } from '../errors/obs-error.ts';
import { portOffset } from '../model/ports.ts';
import { readErrorCode } from '../std/error-code.ts';
import type { ListenerRole } from './control/identity.ts';

const loopback = '127.0.0.1';

/** Binds every server to its port of the block; when one fails, those already bound are closed again. @throws ObsError */
export async function bindAll(servers: Readonly<Record<ListenerRole, Server>>, basePort: number): Promise<void> {
  // `servers` has exactly the roles as keys.
  const entries = Object.entries(servers) as [ListenerRole, Server][];
  const results = await Promise.allSettled(
    entries.map(([role, server]) => bind(server, { role, port: basePort + portOffset[role], host: loopback })),
  );
  const failed = results.find((result) => result.status === 'rejected');
  if (failed !== undefined) {
    await closeAll(Object.values(servers));
    throw failed.reason;
  }
}

export async function closeAll(servers: readonly Server[]): Promise<void> {
  await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
}

interface Place {
  readonly role: ListenerRole;
  readonly port: number;
  readonly host: string;
}

function bind(server: Server, { role, port, host }: Place): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(describeBindError(error, { role, port })));
    server.listen({ port, host, exclusive: true }, () => {
      server.removeAllListeners('error');
      resolve();
    });
  });
}

function describeBindError(error: Error, { role, port }: { role: ListenerRole; port: number }): Error {
  const code = readErrorCode(error);
  if (code === 'EADDRINUSE') return new ObsError('OBS_KEEPER_PORT_TAKEN', { port, role }, { cause: error });
  if (code === 'EPERM' || code === 'EACCES')
    return new ObsError('OBS_KEEPER_BIND_DENIED', { port, role, reason: error.message }, { cause: error });
  return error;
}
