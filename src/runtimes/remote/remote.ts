// The remote runtime: Loki, Prometheus or Mimir, and Tempo that run elsewhere and hold telemetry of many stacks. The keeper
// is the one process it starts; it adds the credentials, marks what it sends and narrows what is asked. Nothing is ever
// deleted there.
import { ObsError } from '../../errors/obs-error.ts';
import { listVariables } from '../../std/variables.ts';
import { endKeeper, startKeeper } from '../keeper-process.ts';
import type { Runtime, RuntimeSettings } from '../runtime.ts';
import { makeRemoteBackend, readRemote } from './backend.ts';
import { checkServers } from './check-servers.ts';

export const remoteRuntime: Runtime = {
  name: 'remote',
  examine: (settings) => Promise.resolve(examine(settings)),
  async start(request) {
    const { settings, signal, progress } = request;
    const remote = readRemote(settings.remote);
    if (remote === undefined) throw new ObsError('OBS_REMOTE_NOT_CONFIGURED', { example });
    const backend = makeRemoteBackend(remote);
    failIfVariablesMiss([backend.loki, backend.prometheus, backend.tempo], settings.env);
    progress(`asking ${remote.loki.url}, ${remote.prometheus.url} and ${remote.tempo.url}`);
    await checkServers(backend, { env: settings.env, signal });
    await startKeeper(request, backend);
  },
  stop: async (request, manner) => [await endKeeper(request, manner)],
};

const example = `remote:
  loki: { url: "https://loki.example.com", tenant: dev, headers: { authorization: "Bearer \${LOKI_TOKEN}" } }
  prometheus: { url: "https://mimir.example.com/prometheus", tenant: dev }
  tempo: { url: "https://tempo.example.com", tenant: dev }`;

function examine({ remote }: RuntimeSettings): { usable: boolean; reason: string } {
  const servers = readRemote(remote);
  if (servers === undefined) return { usable: false, reason: 'obs.yaml names no remote servers' };
  return {
    usable: true,
    reason: `obs.yaml names ${servers.loki.url}, ${servers.prometheus.url} and ${servers.tempo.url}`,
  };
}

function failIfVariablesMiss(
  servers: readonly { readonly headers: Readonly<Record<string, string>> }[],
  env: RuntimeSettings['env'],
): void {
  const wanted = listVariables(servers.flatMap(({ headers }) => Object.values(headers)));
  const names = wanted.filter((name) => (env[name] ?? '') === '');
  if (names.length > 0) throw new ObsError('OBS_REMOTE_VARIABLE_MISSING', { names });
}
