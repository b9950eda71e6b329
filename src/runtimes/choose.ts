// Which runtime a stack gets, and the sentence that says why.
import { ObsError } from '../errors/obs-error.ts';
import type { RuntimeName } from '../model/runtime-name.ts';
import { dockerRuntime } from './docker/docker.ts';
import { embeddedRuntime } from './embedded/embedded.ts';
import { nativeRuntime } from './native/native.ts';
import { remoteRuntime } from './remote/remote.ts';
import type { Runtime, RuntimeSettings } from './runtime.ts';

export type { Runtime };

export interface RuntimeChoice {
  readonly runtime: Runtime;
  readonly reason: string;
  /** What `auto` takes when starting this one failed in such a way; undefined where the failure has to be told. */
  readonly instead?: (failure: unknown) => RuntimeChoice | undefined;
}

const runtimes: Readonly<Record<RuntimeName, Runtime>> = {
  embedded: embeddedRuntime,
  docker: dockerRuntime,
  native: nativeRuntime,
  remote: remoteRuntime,
};

/** The runtime that `asked` means; `auto` is docker where it is ready to use, else embedded. */
export async function chooseRuntime(asked: RuntimeName | 'auto', settings: RuntimeSettings): Promise<RuntimeChoice> {
  if (asked !== 'auto') return { runtime: findRuntime(asked), reason: `${asked} was asked for` };
  const { usable, reason } = await dockerRuntime.examine(settings);
  if (!usable) {
    return { runtime: embeddedRuntime, reason: `auto: ${reason}; docker instead: obs up --runtime docker --pull` };
  }
  const choice = `auto: ${reason}; embedded instead: obs up --runtime embedded`;
  return { runtime: dockerRuntime, reason: choice, instead: takeEmbedded };
}

/**
 * What `auto` takes when docker failed to start: whether ports can be reached is known for certain only once a container
 * publishes them. Undefined for other failures.
 */
export function takeEmbedded(failure: unknown): RuntimeChoice | undefined {
  if (!(failure instanceof ObsError) || failure.code !== 'OBS_DOCKER_PORTS_UNREACHABLE') return undefined;
  return { runtime: embeddedRuntime, reason: `auto: ${failure.message} ${failure.why}` };
}

/** The runtime of a stack that exists. */
export function findRuntime(name: RuntimeName): Runtime {
  return runtimes[name];
}

/** All runtimes there are, for what looks after leftovers. */
export function listRuntimes(): readonly Runtime[] {
  return Object.values(runtimes);
}
