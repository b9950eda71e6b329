// The embedded runtime: the keeper itself is the backend, so there is one process to start and one to end.
import { endKeeper, startKeeper } from '../keeper-process.ts';
import type { Runtime } from '../runtime.ts';

export const embeddedRuntime: Runtime = {
  name: 'embedded',
  examine: () => Promise.resolve({ usable: true, reason: 'embedded needs no Docker and no download' }),
  start: (request) => startKeeper(request),
  stop: async (request, manner) => [await endKeeper(request, manner)],
};
