// The native runtime: Loki, Prometheus and Tempo as processes of this machine, the keeper in front of them. What starts
// them is loaded when they are started.
import { endKeeper } from '../keeper-process.ts';
import type { EndedPart, Runtime, RuntimeRequest, RuntimeSettings, StopManner } from '../runtime.ts';
import { findExecutables } from './executables.ts';
import { endServers } from './stop.ts';

export const nativeRuntime: Runtime = {
  name: 'native',
  examine: (settings) => Promise.resolve(examine(settings)),
  start: async (request) => (await import('./start.ts')).startNative(request),
  stop,
  resume: async (request) => (await import('./resume.ts')).resumeNative(request),
  endServers,
};

function examine(settings: RuntimeSettings): { usable: boolean; reason: string } {
  const missing = findExecutables(settings).filter(({ path }) => path === undefined);
  if (missing.length === 0)
    return { usable: true, reason: 'loki, prometheus and tempo are on PATH or named in obs.yaml' };
  const names = missing.map(({ wanted }) => wanted).join(', ');
  return { usable: false, reason: `${names} not found on PATH, and obs.yaml names no other` };
}

// Where the data is kept, the keeper first passes on what it holds.
async function stop(request: RuntimeRequest, manner: StopManner): Promise<EndedPart[]> {
  if (manner === 'sleep') return [await endKeeper(request, manner), ...(await endServers(request, manner))];
  const [servers, keeper] = await Promise.all([endServers(request, manner), endKeeper(request, manner)]);
  return [...servers, keeper];
}
