// A registry with one image, for a pull with layers, bytes and progress; engines take 127.0.0.0/8 without TLS.
// https://distribution.github.io/distribution/spec/api/
import { createHash, randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import tarStream from 'tar-stream';

const schema = 'application/vnd.docker.distribution.manifest.v2+json';
const digest = (data: Buffer | string) => `sha256:${createHash('sha256').update(data).digest('hex')}`;

export interface Registry {
  /** `127.0.0.1:PORT/some/image:latest` */
  readonly image: string;
  /** What a pull brings over the line. */
  readonly sizeBytes: number;
  readonly close: () => Promise<void>;
}

/** Serves an image of one layer, which holds nothing that could be run. */
export async function openRegistry(): Promise<Registry> {
  const layer = await makeLayer();
  const config = JSON.stringify({
    architecture: process.arch === 'arm64' ? 'arm64' : 'amd64',
    os: 'linux',
    config: { Cmd: ['/nothing'] },
    rootfs: { type: 'layers', diff_ids: [digest(layer)] },
  });
  const zipped = gzipSync(layer);
  const manifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: schema,
    config: describe('application/vnd.docker.container.image.v1+json', Buffer.from(config)),
    layers: [describe('application/vnd.docker.image.rootfs.diff.tar.gzip', zipped)],
  });
  const blobs = new Map([config, zipped].map((blob) => [digest(blob), blob] as const));
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    const isManifest = path.includes('/manifests/');
    const body = path === '/v2/' ? '{}' : isManifest ? manifest : blobs.get(path.split('/').at(-1) ?? '');
    if (body === undefined) return void response.writeHead(404).end();
    const headers = {
      'content-type': isManifest ? schema : 'application/octet-stream',
      'content-length': Buffer.byteLength(body),
      'docker-content-digest': digest(body),
    };
    response.writeHead(200, headers).end(request.method === 'HEAD' ? undefined : body);
  });
  const port = await listen(server);
  const close = () => new Promise<void>((done) => void server.close(() => done()).closeAllConnections());
  const sizeBytes = zipped.length + config.length;
  return { image: `127.0.0.1:${port}/some/image:latest`, sizeBytes, close };
}

async function makeLayer(): Promise<Buffer> {
  const archive = tarStream.pack();
  // Random, so that it stays as large when it is compressed.
  archive.entry({ name: 'file' }, randomBytes(2_000_000));
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function describe(mediaType: string, data: Buffer) {
  return { mediaType, size: data.length, digest: digest(data) };
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  // It listens on TCP, so the address is one of a port.
  return (server.address() as AddressInfo).port;
}
