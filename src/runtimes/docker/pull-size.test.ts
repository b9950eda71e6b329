// What a registry says of an image's size, with a registry that the test opens: token, index, manifest, silence.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { askPullBytes, parseImageName } from './pull-size.ts';

let server: Server | undefined;

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
  server = undefined;
});

const platform = { os: 'linux', architecture: 'amd64' };
const digest = `sha256:${'a'.repeat(64)}`;
const manifest = { config: { size: 7 }, layers: [{ size: 1000 }, { size: 30 }] };
const index = {
  manifests: [
    { digest: 'sha256:b', platform: { os: 'linux', architecture: 'arm64' } },
    { digest, platform: { os: 'linux', architecture: 'amd64' } },
  ],
};

interface Registry {
  readonly answers: Readonly<Record<string, unknown>>;
  readonly wantsToken?: boolean;
}

/** Opens a registry and returns its address. */
async function open({ answers, wantsToken = false }: Registry): Promise<string> {
  const opened = createServer((request, response) => {
    const url = new URL(request.url ?? '', 'http://registry');
    if (url.pathname === '/token')
      return response.end(JSON.stringify({ token: `for ${url.searchParams.get('scope')}` }));
    if (wantsToken && request.headers.authorization !== 'Bearer for pull') {
      const realm = `http://${request.headers.host}/token`;
      return response.writeHead(401, { 'www-authenticate': `Bearer realm="${realm}",scope="pull"` }).end();
    }
    const answer = answers[url.pathname];
    return response.writeHead(answer === undefined ? 404 : 200).end(JSON.stringify(answer));
  });
  server = opened;
  await new Promise<void>((done) => void opened.listen(0, '127.0.0.1', done));
  // It listens on TCP, so the address is one of a port.
  return `127.0.0.1:${(opened.address() as AddressInfo).port}`;
}

const answers = { '/v2/some/image/manifests/1': index, [`/v2/some/image/manifests/${digest}`]: manifest };

test.each([
  { name: 'one manifest', registry: { answers: { '/v2/some/image/manifests/1': manifest } }, bytes: 1037 },
  { name: 'a manifest for each platform', registry: { answers }, bytes: 1037 },
  { name: 'a token that anybody gets', registry: { answers, wantsToken: true }, bytes: 1037 },
  { name: 'no such image', registry: { answers: {} }, bytes: undefined },
  {
    name: 'something else',
    registry: { answers: { '/v2/some/image/manifests/1': { layers: 'many' } } },
    bytes: undefined,
  },
  {
    name: 'no manifest for the platform',
    registry: { answers: { '/v2/some/image/manifests/1': { manifests: [] } } },
    bytes: undefined,
  },
])('a registry with $name: $bytes bytes', async ({ registry, bytes }) => {
  const host = await open(registry);
  expect(await askPullBytes(`${host}/some/image:1`, { platform })).toBe(bytes);
});

test('a registry that is silent leaves the size unknown after the time-out', async () => {
  const silent = createServer(() => {});
  server = silent;
  await new Promise<void>((done) => void silent.listen(0, '127.0.0.1', done));
  // It listens on TCP, so the address is one of a port.
  const { port } = silent.address() as AddressInfo;
  expect(await askPullBytes(`127.0.0.1:${port}/some/image`, { platform, timeoutMs: 50 })).toBeUndefined();
});

test('Ctrl-C ends the question', async () => {
  const signal = AbortSignal.abort(new Error('interrupted'));
  await expect(askPullBytes('127.0.0.1:1/some/image', { platform, signal })).rejects.toThrow('interrupted');
});

const hub = 'https://registry-1.docker.io';

test.each([
  { image: 'grafana/loki:3.7.6', registry: hub, repository: 'grafana/loki', version: '3.7.6' },
  { image: 'busybox', registry: hub, repository: 'library/busybox', version: 'latest' },
  { image: 'ghcr.io/a/b/c:1-x', registry: 'https://ghcr.io', repository: 'a/b/c', version: '1-x' },
  { image: 'localhost:5000/a', registry: 'http://localhost:5000', repository: 'a', version: 'latest' },
  { image: `quay.io/a/b:1@${digest}`, registry: 'https://quay.io', repository: 'a/b', version: digest },
])('$image is $repository at $registry', ({ image, ...reference }) => {
  expect(parseImageName(image)).toEqual(reference);
});
