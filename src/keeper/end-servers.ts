// Ending what runs beside the keeper when it ends by itself: containers and processes of the stack's runtime. How, is the
// runtime's business, so the program that does it is started by path, as the keeper itself was.
import { spawn } from 'node:child_process';
import { findDistFile } from '../std/package-root.ts';
import type { Log } from './log.ts';

/** sleep: their data is kept for the next `up` · flush: all of it goes. */
export type ServersEnd = 'sleep' | 'flush';

/** An engine that is busy takes seconds to stop a container. */
const timeoutMs = 30_000;

/** Resolves when the servers have ended, or could not be ended: then the next obs command finds them. */
export function endServers(stackDir: string, manner: ServersEnd, log: Log): Promise<void> {
  const ender = spawn(process.execPath, [findDistFile('ender.js'), '--stack-dir', stackDir, '--manner', manner], {
    stdio: ['ignore', 'inherit', 'inherit'],
    timeout: timeoutMs,
    killSignal: 'SIGKILL',
  });
  return new Promise((resolve) => {
    const finish = (how: string) => {
      if (how !== 'ended with code 0') log('warn', 'the servers may still run', { how });
      resolve();
    };
    ender.once('error', (error) => finish(error.message));
    ender.once('exit', (code, signal) => finish(`ended with ${signal ?? `code ${code}`}`));
  });
}
