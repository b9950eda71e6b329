// A further `up` on a stack that runs: are its containers all there, and is one more wanted?
import { ObsError } from '../../errors/obs-error.ts';
import type { RuntimeStart } from '../runtime.ts';
import { serverNames } from '../servers.ts';
import { type Engine, findEngine, reconnectEngine } from './engine/connect.ts';
import { provideImages, type Role } from './images.ts';
import { labelNames, makeStackLabels, readMaker } from './labels.ts';
import { readLastLogLines } from './log-lines.ts';
import { makeContainer } from './make-container.ts';
import { listParts, nameOf, type Parts, pickOwnParts, removeParts } from './parts.ts';
import { readEnd, waitUntilReady } from './ready.ts';
import { makeRecipes } from './recipe.ts';
import { readRecord } from './record.ts';

/** @throws OBS_CONTAINER_STOPPED naming the server that does not run, with the last lines of its log */
export async function resumeDocker(request: RuntimeStart): Promise<void> {
  const { state, folder, settings } = request;
  const record = readRecord(folder);
  const engine =
    (record === undefined ? undefined : await reconnectEngine(record.engine)) ?? (await findEngine(settings.env));
  const parts = pickOwnParts(await listParts(engine, state.stackId), readMaker(), record);
  for (const server of serverNames) await failIfStopped(server, parts, engine);
  if (settings.grafana) await provideGrafana(parts, engine, request);
}

async function failIfStopped(server: Role, { containers }: Parts, { docker }: Engine): Promise<void> {
  const container = findRole(server, containers);
  if (container?.State === 'running') return;
  const state = container === undefined ? 'is gone' : await readEnd(docker, container.Id);
  if (state === undefined) return;
  throw new ObsError('OBS_CONTAINER_STOPPED', {
    server,
    container: container === undefined ? `of ${server}` : nameOf(container),
    state,
    lastLines: container === undefined ? [] : await readLastLogLines(docker, container.Id),
  });
}

async function provideGrafana(parts: Parts, engine: Engine, request: RuntimeStart): Promise<void> {
  const present = findRole('grafana', parts.containers);
  if (present?.State === 'running') return;
  await removeParts(engine, { containers: present === undefined ? [] : [present], networks: [] });
  const { settings, progress, signal = new AbortController().signal } = request;
  const [network] = parts.networks;
  const recipe = makeRecipes(await provideImages(engine, request), settings).find(({ role }) => role === 'grafana');
  if (recipe === undefined || network === undefined) throw new Error('a stack that runs has a network');
  const labels = makeStackLabels(request.state, readMaker());
  const container = await makeContainer(recipe, { engine, request, networkId: network.Id, labels });
  await waitUntilReady(container, { engine, progress, signal });
}

function findRole(role: Role, containers: Parts['containers']) {
  return containers.find(({ Labels }) => Labels[labelNames.role] === role);
}
