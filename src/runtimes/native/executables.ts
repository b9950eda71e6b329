// Where the executables of the three servers are: named in obs.yaml, or on PATH.
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, join, resolve } from 'node:path';
import type { RuntimeSettings } from '../runtime.ts';
import { type ServerName, serverNames } from '../servers.ts';

export interface Executable {
  readonly server: ServerName;
  /** As obs.yaml names it, else the server's own name. */
  readonly wanted: string;
  /** undefined: there is no such program. */
  readonly path: string | undefined;
}

/** Where each server is published as a program. */
export const publishedAt: Readonly<Record<ServerName, string>> = {
  loki: 'https://github.com/grafana/loki/releases',
  prometheus: 'https://prometheus.io/download/',
  tempo: 'https://github.com/grafana/tempo/releases',
};

/** The executable of each server, found or not. */
export function findExecutables({ native, env }: Pick<RuntimeSettings, 'native' | 'env'>): Executable[] {
  const folders = (env.PATH ?? '').split(delimiter).filter(isAbsolute);
  return serverNames.map((server) => {
    const wanted = native[server] ?? server;
    const candidates = wanted.includes('/') ? [resolve(wanted)] : folders.map((folder) => join(folder, wanted));
    return { server, wanted, path: candidates.find(isExecutable) };
  });
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
