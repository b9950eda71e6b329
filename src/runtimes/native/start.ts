// Bringing the three servers of a stack up side by side, and the keeper in front of them. The keeper starts as soon as
// Prometheus has said how it takes metrics; Loki takes longest, so nobody waits for it twice.
import { ObsError } from '../../errors/obs-error.ts';
import type { Backend } from '../../model/backend.ts';
import { settleAll } from '../../std/settle-all.ts';
import { makeOwnBackend } from '../backend.ts';
import { startKeeper } from '../keeper-process.ts';
import type { RuntimeStart } from '../runtime.ts';
import { makeServerCommand, type ServerName } from '../servers.ts';
import { findExecutables, publishedAt } from './executables.ts';
import { launchServer } from './launch.ts';
import { makeNativeFolder } from './marks.ts';
import { makePlaces, type ServerPlaces, urlOf } from './places.ts';
import { makePrometheusCommand } from './prometheus-command.ts';
import { waitUntilReady } from './ready.ts';

type Programs = Readonly<Record<ServerName, string>>;

/** @throws OBS_NATIVE_MISSING, OBS_SERVER_NOT_READY naming the server */
export async function startNative(request: RuntimeStart): Promise<void> {
  const { folder, settings, progress } = request;
  const programs = pickPrograms(request);
  progress(`starting ${Object.values(programs).join(', ')}`);
  const nativeFolder = makeNativeFolder(folder);
  const places = await makePlaces(nativeFolder);
  const begin = performance.now();
  const bringUp = async (server: ServerName, signal: AbortSignal) => {
    const [program, place] = [programs[server], places[server]];
    const command =
      server === 'prometheus' ? await makePrometheusCommand(program, place) : makeServerCommand(server, place);
    signal.throwIfAborted();
    const launched = launchServer({ server, program, command, nativeFolder, env: settings.env });
    await waitUntilReady(launched, { url: urlOf(place), progress, signal });
  };
  await settleAll(
    [
      (signal) => bringUp('loki', signal),
      (signal) => bringUp('tempo', signal),
      async (signal) => {
        await bringUp('prometheus', signal);
        await startKeeper({ ...request, signal }, await makeBackend(places));
      },
    ],
    request.signal,
  );
  progress(`ready after ${Math.round(performance.now() - begin)} ms`);
}

function pickPrograms({ settings }: RuntimeStart): Programs {
  const executables = findExecutables(settings);
  const missing = executables.filter(({ path }) => path === undefined);
  if (missing.length > 0) {
    const named = missing.map(({ server, wanted }) => ({ server, wanted, publishedAt: publishedAt[server] }));
    throw new ObsError('OBS_NATIVE_MISSING', { missing: named });
  }
  const pathOf = (wanted: ServerName) => executables.find(({ server }) => server === wanted)?.path ?? wanted;
  return { loki: pathOf('loki'), prometheus: pathOf('prometheus'), tempo: pathOf('tempo') };
}

function makeBackend({ loki, prometheus, tempo }: ServerPlaces): Promise<Backend> {
  return makeOwnBackend({
    loki: urlOf(loki),
    prometheus: urlOf(prometheus),
    tempo: urlOf(tempo),
    tempoOtlp: `http://${tempo.listenAddress}:${tempo.otlpHttpPort}`,
  });
}
