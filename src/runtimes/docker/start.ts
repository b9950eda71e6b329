// Bringing the containers of a stack up, side by side on one network of its own. Containers that a killed keeper or a lease
// that ran out left behind are used again with their data, if they are made from the same.
import { settleAll } from '../../std/settle-all.ts';
import { startKeeper } from '../keeper-process.ts';
import type { RuntimeStart } from '../runtime.ts';
import { makeBackend } from './backend.ts';
import { findEngine } from './engine/connect.ts';
import { provideImages } from './images.ts';
import { type Labels, labelNames, makeStackLabels, readMaker } from './labels.ts';
import { describeContainer, makeContainer, nameAnew, type Workplace } from './make-container.ts';
import { listParts, nameOf, type Parts, pickOwnParts, removeParts, splitByUse } from './parts.ts';
import { type StartedContainer, waitUntilReady } from './ready.ts';
import { digestRecipe, makeRecipes, type Recipe } from './recipe.ts';
import { readRecord, writeRecord } from './record.ts';
import { readEngineMessage, refuse } from './refuse.ts';

/** Starts Loki, Prometheus and Tempo, waits until they are ready, and then starts the keeper in front of them. */
export async function startDocker(request: RuntimeStart): Promise<void> {
  const { settings, folder, progress, signal } = request;
  const engine = await findEngine(settings.env);
  const recipes = makeRecipes(await provideImages(engine, request), settings);
  signal?.throwIfAborted();
  const work = { engine, request };
  const begin = performance.now();
  const left = await listOwnParts(work);
  const started = (await wakeContainers(left, recipes, work)) ?? (await makeContainers(left, recipes, work));
  await settleAll(
    started.map((one) => async (ending) => {
      await waitUntilReady(one, { engine, progress, signal: ending });
      // It only has to know how Prometheus takes metrics; the others take longer, so nobody waits for it twice.
      if (one.role === 'prometheus') await startKeeper({ ...request, signal: ending }, await makeBackend(started));
    }),
    signal,
  );
  const names = started.map(({ role, image }) => `${role} (${image})`).join(', ');
  progress(`ready after ${Math.round(performance.now() - begin)} ms: ${names}`);
  const containers = started.map(({ id }) => id);
  writeRecord(folder, { engine: engine.place, containers, network: await removeStrays(containers, work) });
}

/** The containers that are there, started again; undefined if they are not what is wanted now. */
async function wakeContainers(left: Parts, recipes: readonly Recipe[], { engine, request }: Workplace) {
  const found = recipes.flatMap((recipe) => {
    // One that was never started may have been left before its files were copied into it.
    const container = left.containers.find(({ Labels, State }) => State !== 'created' && isMadeFrom(recipe, Labels));
    return container === undefined ? [] : [{ recipe, container }];
  });
  if (left.networks.length === 0 || found.length < recipes.length) return undefined;
  const names = found.map(({ container }) => nameOf(container)).join(', ');
  request.progress(`waking the containers of this stack: ${names}`);
  try {
    const tasks = found.map(({ recipe, container }) => async (): Promise<StartedContainer> => {
      const handle = engine.docker.getContainer(container.Id);
      if (container.State !== 'running') await handle.start();
      const { HostConfig } = await handle.inspect();
      return describeContainer(recipe, {
        id: container.Id,
        name: nameOf(container),
        bindings: HostConfig.PortBindings,
      });
    });
    return await settleAll(tasks, request.signal);
  } catch (error) {
    request.signal?.throwIfAborted();
    request.progress(`they cannot be started again (${readEngineMessage(error)}); new ones begin without their data`);
    return undefined;
  }
}

/** New containers on a new network; what was there before goes. */
async function makeContainers(left: Parts, recipes: readonly Recipe[], work: Workplace) {
  const { engine, request } = work;
  const { state, folder, progress, signal } = request;
  if (left.containers.length > 0) progress('removing containers of this stack that are not what is wanted now');
  await removeParts(engine, left);
  signal?.throwIfAborted();
  progress(`starting ${recipes.map(({ image }) => image.name).join(', ')} in ${engine.title}`);
  // Written first: what is made from now on is found by a `down` under another DOCKER_HOST, too.
  writeRecord(folder, { engine: engine.place, network: null, containers: [] });
  const labels = makeStackLabels(state, readMaker());
  const wanted = { Name: nameAnew(state.stackId), Driver: 'bridge', Labels: { ...labels } };
  const { id: networkId } = await refuse(engine, 'make a network', engine.docker.createNetwork(wanted));
  return settleAll(
    recipes.map((recipe) => () => makeContainer(recipe, { ...work, networkId, labels })),
    signal,
  );
}

/** Removes what a killed `up` had ordered and what came after this one had looked; returns the network that stays. */
async function removeStrays(used: readonly string[], work: Workplace): Promise<string | null> {
  const { inUse, strays } = splitByUse(await listOwnParts(work), used);
  await removeParts(work.engine, strays);
  return inUse.networks[0]?.Id ?? null;
}

async function listOwnParts({ engine, request }: Workplace): Promise<Parts> {
  const parts = await listParts(engine, request.state.stackId);
  return pickOwnParts(parts, readMaker(), readRecord(request.folder));
}

function isMadeFrom(recipe: Recipe, labels: Labels): boolean {
  return labels[labelNames.role] === recipe.role && labels[labelNames.recipe] === digestRecipe(recipe);
}
