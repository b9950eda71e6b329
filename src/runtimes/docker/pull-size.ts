// How much a pull would bring over the line, asked of the image's registry: an engine tells only while it pulls. Asked as
// anybody may, without credentials; a registry that wants some, or is not reached, leaves the size unknown.
// https://distribution.github.io/distribution/spec/api/, https://github.com/opencontainers/image-spec/blob/main/manifest.md
import { z } from 'zod';

export interface Platform {
  readonly os: string;
  /** As registries and engines call it: amd64, arm64. */
  readonly architecture: string;
}

export interface SizeQuestion {
  readonly platform: Platform;
  readonly signal?: AbortSignal | undefined;
  /** For all requests together; default 3 s. */
  readonly timeoutMs?: number;
}

const defaultTimeoutMs = 3000;
const maxBodyBytes = 4_000_000;

const accepted = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');

const size = z.number().int().nonnegative();
const manifestSchema = z.looseObject({
  config: z.looseObject({ size }),
  layers: z.array(z.looseObject({ size })),
});
const indexSchema = z.looseObject({
  manifests: z.array(
    z.looseObject({
      digest: z.string(),
      platform: z.looseObject({ os: z.string(), architecture: z.string() }).optional(),
    }),
  ),
});
const tokenSchema = z.union([
  z.looseObject({ token: z.string() }).transform(({ token }) => token),
  z.looseObject({ access_token: z.string() }).transform(({ access_token }) => access_token),
]);

/** Compressed bytes of all layers of an image for one platform; undefined if its registry does not say. */
export async function askPullBytes(image: string, question: SizeQuestion): Promise<number | undefined> {
  const reference = parseImageName(image);
  const timeout = AbortSignal.timeout(question.timeoutMs ?? defaultTimeoutMs);
  const signal = question.signal === undefined ? timeout : AbortSignal.any([timeout, question.signal]);
  try {
    return await askRegistry(reference, question.platform, signal);
  } catch {
    question.signal?.throwIfAborted();
    return undefined;
  }
}

export interface ImageReference {
  /** Base URL of the registry. */
  readonly registry: string;
  readonly repository: string;
  /** Tag or digest. */
  readonly version: string;
}

/** The registry and path that an image's name means. https://github.com/distribution/reference/blob/main/reference.go */
export function parseImageName(image: string): ImageReference {
  const [, name = image, tag, digest] = /^(.+?)(?::([\w.-]+))?(?:@(\w+:[0-9a-f]+))?$/.exec(image) ?? [];
  const [host = '', ...rest] = name.split('/');
  const version = digest ?? tag ?? 'latest';
  if (rest.length === 0 || !/[.:]|^localhost$/.test(host)) {
    const repository = rest.length === 0 ? `library/${name}` : name;
    return { registry: 'https://registry-1.docker.io', repository, version };
  }
  // Engines speak to registries of loopback without TLS.
  const isLoopback = /^(?:localhost|127(?:\.\d+){3}|\[::1\])(?::\d+)?$/.test(host);
  return { registry: `${isLoopback ? 'http' : 'https'}://${host}`, repository: rest.join('/'), version };
}

async function askRegistry({ registry, repository, version }: ImageReference, platform: Platform, signal: AbortSignal) {
  const ask = makeAsker(signal);
  const askManifest = (of: string) => ask(`${registry}/v2/${repository}/manifests/${of}`);
  const answer = await askManifest(version);
  const index = indexSchema.safeParse(answer).data;
  const wanted = index?.manifests.find(
    ({ platform: its }) => its?.os === platform.os && its.architecture === platform.architecture,
  );
  if (index !== undefined && wanted === undefined) return undefined;
  const manifest = manifestSchema.safeParse(wanted === undefined ? answer : await askManifest(wanted.digest)).data;
  if (manifest === undefined) return undefined;
  return manifest.layers.reduce((sum, layer) => sum + layer.size, manifest.config.size);
}

/** Fetches JSON, with the token that a registry gives to anybody once it was asked for it. */
function makeAsker(signal: AbortSignal): (url: string) => Promise<unknown> {
  let authorization: string | undefined;
  const get = (url: string) =>
    fetch(url, { signal, headers: { accept: accepted, ...(authorization && { authorization }) } });
  return async (url) => {
    let answer = await get(url);
    if (answer.status === 401 && authorization === undefined) {
      authorization = await askToken(answer.headers.get('www-authenticate') ?? '', signal);
      answer = await get(url);
    }
    if (answer.status !== 200) throw new Error(`${url} answered ${answer.status}`);
    return readJson(answer);
  };
}

// https://distribution.github.io/distribution/spec/auth/token/
async function askToken(challenge: string, signal: AbortSignal): Promise<string | undefined> {
  if (!/^bearer /i.test(challenge)) return undefined;
  const { realm, ...query } = Object.fromEntries(
    [...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, key = '', value = '']) => [key, value]),
  );
  if (realm === undefined) return undefined;
  const answer = await fetch(`${realm}?${new URLSearchParams(query)}`, { signal });
  const token = tokenSchema.safeParse(await readJson(answer)).data;
  return token === undefined ? undefined : `Bearer ${token}`;
}

async function readJson(answer: Response): Promise<unknown> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of answer.body ?? []) {
    length += chunk.length;
    if (length > maxBodyBytes) throw new Error('the answer is too large');
    chunks.push(chunk);
  }
  return JSON.parse(Buffer.concat(chunks).toString('utf8'));
}
