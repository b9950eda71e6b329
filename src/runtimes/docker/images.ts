// Which images a stack is made of, and getting those that the engine does not have.
import type Docker from 'dockerode';
import { ObsError } from '../../errors/obs-error.ts';
import { serverImages } from '../images.ts';
import type { RuntimeSettings, RuntimeStart } from '../runtime.ts';
import { serverNames } from '../servers.ts';
import type { Engine } from './engine/connect.ts';
import { pullImage } from './pull.ts';
import { askPullBytes } from './pull-size.ts';
import { refuse } from './refuse.ts';

/** The containers of a stack by what they do; Grafana is there only if it was asked for. */
export type Role = keyof typeof serverImages;

export interface Image {
  readonly name: string;
  /** The engine's id of the very image that the name means now. */
  readonly id: string;
}
export type Images = Readonly<Partial<Record<Role, Image>>>;

/** What is said where the registry does not say it; the engine does once it has begun. */
const unknownSize = 'size unknown until the pull begins';

type ImageSettings = Pick<RuntimeSettings, 'docker' | 'grafana' | 'env'>;

/** Names of the images by role: environment first, then obs.yaml, then the pinned ones. */
export function nameImages({ docker, grafana, env }: ImageSettings): readonly (readonly [Role, string])[] {
  const roles: readonly Role[] = grafana ? [...serverNames, 'grafana'] : serverNames;
  return roles.map((role) => {
    const name = env[`OBS_${role.toUpperCase()}_IMAGE`] || docker.images[role] || serverImages[role];
    return [role, name] as const;
  });
}

/** Images that the engine has, and the names of those that it lacks. */
export async function lookUpImages({ docker }: Engine, settings: ImageSettings) {
  const found = await Promise.all(
    nameImages(settings).map(async ([role, name]) => ({ role, name, id: await findImage(docker, name) })),
  );
  const images: Partial<Record<Role, Image>> = {};
  for (const { role, name, id } of found) if (id !== undefined) images[role] = { name, id };
  const missing = found.flatMap(({ role, name, id }) => (id === undefined ? [{ role, name }] : []));
  return { images: images as Images, missing };
}

/**
 * All images of a stack; those that are missing are pulled if `--pull` or the person at the terminal says so.
 * @throws OBS_DOCKER_IMAGES_MISSING, OBS_DOCKER_PULL_FAILED
 */
export async function provideImages(engine: Engine, { settings, progress, signal }: RuntimeStart): Promise<Images> {
  const { images, missing } = await refuse(engine, 'look its images up', lookUpImages(engine, settings));
  if (missing.length === 0) return images;
  const wanted = await describeSizes(engine, missing, signal);
  const list = wanted.map(({ image, size }) => `${image} (${size})`).join(', ');
  const question = `${engine.title} does not have ${list}. Pull now?`;
  if (!settings.pull && !(await settings.ask?.(question))) {
    throw new ObsError('OBS_DOCKER_IMAGES_MISSING', { images: wanted, engine: engine.title });
  }
  progress(`pulling ${list}`);
  // One after the other: a line that is shared makes all of them late, and progress hard to read.
  for (const { name } of missing) await pullImage(engine, name, { progress, signal });
  return (await refuse(engine, 'look its images up', lookUpImages(engine, settings))).images;
}

async function findImage(docker: Docker, name: string): Promise<string | undefined> {
  try {
    return (await docker.getImage(name).inspect()).Id;
  } catch (error) {
    if (error instanceof Error && 'statusCode' in error && error.statusCode === 404) return undefined;
    throw error;
  }
}

interface WantedImage {
  readonly image: string;
  readonly size: string;
}

async function describeSizes(
  { docker }: Engine,
  missing: readonly { readonly name: string }[],
  signal: AbortSignal | undefined,
): Promise<WantedImage[]> {
  const { Os: os, Arch: architecture } = await docker.version();
  return Promise.all(
    missing.map(async ({ name }) => {
      const bytes = await askPullBytes(name, { platform: { os, architecture }, signal });
      return { image: name, size: bytes === undefined ? unknownSize : `${(bytes / 1e6).toFixed(1)} MB` };
    }),
  );
}
