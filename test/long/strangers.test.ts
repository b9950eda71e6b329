// Web pages of strangers reach 127.0.0.1 as well: by a name that they control (DNS rebinding), or by requests to another site.
// Every route of every port of the keeper refuses both, and lets no page read an answer but those that are made for pages.

import { request } from 'node:http';
import { credentials, Metadata, makeGenericClientConstructor, type ServiceError } from '@grpc/grpc-js';
import { expect, onTestFinished, test } from 'vitest';
import { createBackends } from '../../src/keeper/backends.ts';
import { makeMasker } from '../../src/keeper/mask/mask-request.ts';
import { fillBounds } from '../../src/model/limits.ts';
import { portOffset } from '../../src/model/ports.ts';
import { type RunningKeeper, startKeeper } from '../keeper/keeper-process.ts';

interface Asked {
  readonly offset: number;
  readonly method: string;
  readonly path: string;
}

const own: readonly Asked[] = [
  ...Object.values(portOffset)
    .filter((offset) => offset < 5)
    .map((offset) => ({ offset, method: 'GET', path: '/obs/identity' })),
  { offset: portOffset.loki, method: 'POST', path: '/otlp/v1/logs' },
  { offset: portOffset.loki, method: 'POST', path: '/loki/api/v1/push' },
  { offset: portOffset.prometheus, method: 'POST', path: '/api/v1/otlp/v1/metrics' },
  { offset: portOffset.prometheus, method: 'POST', path: '/api/v1/write' },
  { offset: portOffset.tempo, method: 'POST', path: '/v1/traces' },
  ...['/v1/logs', '/v1/metrics', '/v1/traces', '/api/v2/spans', '/obs/stop', '/obs/ready', '/obs/listen'].map(
    (path) => ({
      offset: portOffset.otlpHttp,
      method: 'POST',
      path,
    }),
  ),
  ...['/obs/status', '/obs/arrivals', '/obs/browser.js', '/no/such/path'].map((path) => ({
    offset: portOffset.otlpHttp,
    method: 'GET',
    path,
  })),
];

/** All routes of the query APIs, as the keeper serves them. */
function listQueryRoutes(): Asked[] {
  const backends = createBackends({
    nowMs: Date.now,
    masker: makeMasker(),
    bounds: fillBounds(),
    limits: { maxBytes: 1e6, retentionMs: 1e6 },
    learnMetrics: () => undefined,
    listMetadata: () => ({}),
  });
  return (['loki', 'prometheus', 'tempo'] as const).flatMap((role) =>
    backends[role].routes.map(({ method, path }) => ({
      offset: portOffset[role],
      method,
      path: path.replaceAll(/:\w+/g, 'x'),
    })),
  );
}

const strangers: Readonly<Record<string, Record<string, string>>> = {
  'a foreign host': { host: 'attacker.example' },
  'a foreign origin': { origin: 'https://attacker.example' },
  'an opaque origin': { origin: 'null' },
  'an embedded request of another site': { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' },
};

interface Answer {
  readonly status: number | undefined;
  readonly allowed: string | undefined;
}

function ask(
  { basePort }: RunningKeeper,
  { offset, method, path }: Asked,
  headers: Record<string, string>,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request(
      { host: '127.0.0.1', port: basePort + offset, method, path, headers, agent: false },
      (answer) => {
        answer.resume();
        resolve({ status: answer.statusCode, allowed: answer.headers['access-control-allow-origin'] });
      },
    );
    asked.once('upgrade', (answer, socket) => {
      socket.destroy();
      resolve({ status: answer.statusCode, allowed: undefined });
    });
    asked.once('error', reject);
    asked.end();
  });
}

test('every route of every port refuses strangers', async () => {
  const keeper = await startKeeper();
  const routes = [...own, ...listQueryRoutes()];
  expect(routes.length).toBeGreaterThan(60);
  for (const route of routes)
    for (const [name, headers] of Object.entries(strangers))
      expect([name, route, await ask(keeper, route, headers)]).toEqual([
        name,
        route,
        { status: 403, allowed: undefined },
      ]);
  const tail = {
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==',
  };
  const tailed = { offset: portOffset.loki, method: 'GET', path: '/loki/api/v1/tail?query=%7Ba%3D%22b%22%7D' };
  for (const headers of Object.values(strangers))
    expect(await ask(keeper, tailed, { ...tail, ...headers })).toMatchObject({ status: 403 });
  expect(await ask(keeper, tailed, tail)).toMatchObject({ status: 101 });
});

test('pages on loopback may ask the routes that are made for pages, and read no other', async () => {
  const keeper = await startKeeper();
  const origin = 'http://localhost:3000';
  const forPages = new Set(['/v1/logs', '/v1/metrics', '/v1/traces', '/obs/browser.js']);
  for (const route of [...own, ...listQueryRoutes()]) {
    // What would end the keeper is asked last of all by nobody.
    const { allowed } = await ask(
      keeper,
      { ...route, method: 'OPTIONS' },
      { origin, 'access-control-request-method': route.method },
    );
    const isForPages = forPages.has(route.path) && route.offset === portOffset.otlpHttp;
    expect([route, allowed]).toEqual([route, isForPages ? origin : undefined]);
  }
});

test.each([
  ['a foreign name', 'attacker.example', undefined],
  ['a foreign origin', undefined, 'https://attacker.example'],
])('gRPC under %s is refused on both ports that speak it', async (_, authority, origin) => {
  const keeper = await startKeeper();
  for (const offset of [portOffset.otlpGrpc, portOffset.otlpHttp]) {
    const asIs = (bytes: Buffer) => bytes;
    const path = '/opentelemetry.proto.collector.logs.v1.LogsService/Export';
    const serialization = {
      requestSerialize: asIs,
      requestDeserialize: asIs,
      responseSerialize: asIs,
      responseDeserialize: asIs,
    };
    const Client = makeGenericClientConstructor(
      { Export: { path, requestStream: false, responseStream: false, ...serialization } },
      'Export',
    );
    const client = new Client(`127.0.0.1:${keeper.basePort + offset}`, credentials.createInsecure(), {
      ...(authority === undefined ? {} : { 'grpc.default_authority': authority }),
    });
    onTestFinished(() => client.close());
    const metadata = new Metadata();
    if (origin !== undefined) metadata.set('origin', origin);
    const error = await new Promise<ServiceError | null>((resolve) =>
      client.makeUnaryRequest(path, asIs, asIs, Buffer.alloc(0), metadata, (failed) => resolve(failed)),
    );
    expect(error).toMatchObject({ code: 7, details: expect.stringContaining('attacker.example') });
  }
});
