// Which runtime a stack gets, and the sentence that says why.
import { ObsError } from '../errors/obs-error.ts';
import type { RuntimeName } from '../model/runtime-name.ts';
import { embeddedRuntime } from './embedded/embedded.ts';
import type { Runtime } from './runtime.ts';

export type { Runtime };

export interface RuntimeChoice {
  readonly runtime: Runtime;
  readonly reason: string;
}

const runtimes: Partial<Record<RuntimeName, Runtime>> = { embedded: embeddedRuntime };

/** The runtime that `asked` means. @throws OBS_RUNTIME_NOT_BUILT */
export function chooseRuntime(asked: RuntimeName | 'auto'): RuntimeChoice {
  if (asked === 'auto') {
    const reason = 'auto: this version has only the embedded runtime, which needs no Docker and no download';
    return { runtime: embeddedRuntime, reason };
  }
  return { runtime: findRuntime(asked), reason: `${asked} was asked for` };
}

/** The runtime of a stack that exists. @throws OBS_RUNTIME_NOT_BUILT */
export function findRuntime(name: RuntimeName): Runtime {
  const runtime = runtimes[name];
  if (runtime === undefined) throw new ObsError('OBS_RUNTIME_NOT_BUILT', { runtime: name });
  return runtime;
}
