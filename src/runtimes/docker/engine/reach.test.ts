// From where an engine's ports can be reached, with a fake of the one answer that is asked of it.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import Dockerode from 'dockerode';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { explainUnreachable } from './reach.ts';

const bridge = {
  Options: { 'com.docker.network.bridge.name': 'docker0' },
  IPAM: { Config: [{ Subnet: '172.17.0.0/16' }] },
};
const route = (device: string) => `Iface\tDestination\tGateway\n${device}\t000011AC\t00000000\t0001\n`;

let server: Server;
let docker: Dockerode;

beforeAll(async () => {
  server = createServer((_, response) => response.writeHead(200, { connection: 'close' }).end(JSON.stringify(bridge)));
  await new Promise<void>((done) => void server.listen(0, '127.0.0.1', done));
  // It listens on TCP, so the address is one of a port.
  const { port } = server.address() as AddressInfo;
  docker = new Dockerode({ host: '127.0.0.1', port, protocol: 'http', socketPath: undefined });
});
afterAll(() => new Promise((done) => server.close(done)));

const socket = { kind: 'socket', path: '/run/docker.sock' } as const;
const tcp = { kind: 'tcp', host: '127.0.0.1', port: 2375, tls: null } as const;

test.each([
  { name: 'a socket, outside of any container', place: socket, isContained: false, routes: '', reason: undefined },
  {
    name: 'a container that shares the network',
    place: socket,
    isContained: true,
    routes: route('docker0'),
    reason: undefined,
  },
  {
    name: 'a container with the socket of its host',
    place: socket,
    isContained: true,
    routes: route('eth0'),
    reason: /in a container/,
  },
  { name: 'a port of this machine', place: tcp, isContained: false, routes: route('docker0'), reason: undefined },
  { name: 'a tunnel to somewhere', place: tcp, isContained: false, routes: '', reason: /may lead to another machine/ },
])('$name: $reason', async ({ place, isContained, routes, reason }) => {
  const said = await explainUnreachable({ docker, place, title: 'an engine' }, { isContained, routes });
  if (reason === undefined) expect(said).toBeUndefined();
  else expect(said).toMatch(reason);
});
