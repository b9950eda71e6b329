// Where the servers of a stack run: free ports of loopback, folders inside the state folder, configuration of the package.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { findFreePorts } from '../../std/free-ports.ts';
import { findPackageFile } from '../../std/package-root.ts';
import { type ServerName, type ServerPlace, serverConfigFiles, serverNames } from '../servers.ts';

export type ServerPlaces = Readonly<Record<ServerName, ServerPlace>>;

const portsOfServer = 5;

/** A place for each server, with its data folder made. Ports are other ones at each start; the data stays. */
export async function makePlaces(nativeFolder: string): Promise<ServerPlaces> {
  const ports = await findFreePorts(serverNames.length * portsOfServer);
  const make = (server: ServerName): ServerPlace => {
    const dataDir = join(nativeFolder, server);
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    const take = () => ports.pop() ?? 0; // there are as many as places ask for
    return {
      configFile: findPackageFile(join('compose', serverConfigFiles[server])),
      dataDir,
      listenAddress: '127.0.0.1',
      httpPort: take(),
      grpcPort: take(),
      otlpHttpPort: take(),
      otlpGrpcPort: take(),
      gossipPort: take(),
    };
  };
  return { loki: make('loki'), prometheus: make('prometheus'), tempo: make('tempo') };
}

/** Base URL of a server's query API. */
export function urlOf({ listenAddress, httpPort }: ServerPlace): string {
  return `http://${listenAddress}:${httpPort}`;
}
