// The embedded runtime: the keeper itself is the backend, so there is one process to start and one to end.
import { endKeeper, startKeeper } from '../keeper-process.ts';
import type { Runtime } from '../runtime.ts';

export const embeddedRuntime: Runtime = {
  name: 'embedded',
  start: startKeeper,
  stop: async (request, manner) => [await endKeeper(request, manner)],
};
