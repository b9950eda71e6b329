// The answers of Prometheus servers with and without an OTLP receiver.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { readMetricsProtocol } from './metrics-protocol.ts';

test.each([
  { name: 'with its receiver on', status: 200, protocol: 'otlp' },
  { name: 'with its receiver off or compiled out', status: 404, protocol: 'remote-write' },
])('a Prometheus $name takes $protocol', async ({ status, protocol }) => {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    response.writeHead(status, { connection: 'close' }).end();
  });
  await new Promise<void>((done) => void server.listen(0, '127.0.0.1', done));
  onTestFinished(() => void server.close());
  // It listens on TCP, so the address is one of a port.
  const { port } = server.address() as AddressInfo;
  expect(await readMetricsProtocol(`http://127.0.0.1:${port}`)).toBe(protocol);
  expect(asked).toEqual(['POST /api/v1/otlp/v1/metrics']);
});
