// Whether a port of the loopback address can be bound right now.
import { createServer } from 'node:net';
import { readErrorCode } from './error-code.ts';

/** `free`, or the errno name of the refused bind (`EADDRINUSE`, `EACCES`, `EPERM`, …). */
export function checkBind(port: number): Promise<string> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error) => resolve(readErrorCode(error) ?? 'unknown'));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve('free')));
  });
}
