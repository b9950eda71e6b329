// Starting one server: in a process group of its own, with a small environment, its output in a log of the stack.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { readBootId } from '../../std/process-identity.ts';
import type { ServerCommand, ServerName } from '../servers.ts';
import { launchScript, nameMarkFile } from './marks.ts';

export interface LaunchedServer {
  readonly server: ServerName;
  readonly program: string;
  readonly log: string;
  /** How it ended, in words such as `ended with code 1`; undefined while it runs. */
  readonly readEnd: () => string | undefined;
}

export interface Launch {
  readonly server: ServerName;
  readonly program: string;
  readonly command: ServerCommand;
  readonly nativeFolder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** What a server may know of the person's environment; tokens and proxies are none of its business. */
const passedOn = ['PATH', 'HOME', 'TMPDIR', 'LANG', 'TZ', 'GOMAXPROCS', 'GOMEMLIMIT', 'GOGC'] as const;

/** Starts a server that outlives this process. */
export function launchServer({ server, program, command, nativeFolder, env }: Launch): LaunchedServer {
  const log = logOf(nativeFolder, server);
  const handle = openSync(log, 'a', 0o600);
  const markFile = nameMarkFile(nativeFolder, server, randomBytes(6).toString('hex'));
  let end: string | undefined;
  try {
    const child = spawn('/bin/sh', ['-c', launchScript, 'sh', markFile, readBootId(), program, ...command.args], {
      cwd: nativeFolder,
      detached: true,
      stdio: ['ignore', handle, handle],
      env: { ...Object.fromEntries(passedOn.map((name) => [name, env[name]])), ...command.env },
    });
    child.once('error', (error) => (end = `could not be started: ${error.message}`));
    child.once(
      'exit',
      (code, signal) => (end = signal === null ? `ended with code ${code}` : `was ended by ${signal}`),
    );
    child.unref();
  } finally {
    closeSync(handle);
  }
  return { server, program, log, readEnd: () => end };
}

/** The log of a server of the stack. */
export function logOf(nativeFolder: string, server: ServerName): string {
  return join(nativeFolder, `${server}.log`);
}
