// What there is in the engine for a stack, and its removal. Found by label, never by name; only what this maker made, or what
// the record of the stack names, is touched.
import type Docker from 'dockerode';
import { sleep } from '../../std/sleep.ts';
import type { EndedPart } from '../runtime.ts';
import type { Engine } from './engine/connect.ts';
import { isMadeBy, labelNames, type Maker } from './labels.ts';
import type { DockerRecord } from './record.ts';
import { readEngineStatus, refuse } from './refuse.ts';

export interface Parts {
  readonly containers: readonly Docker.ContainerInfo[];
  readonly networks: readonly Docker.NetworkInspectInfo[];
}

/** How long a container gets to write what it holds before it is killed, when its data is kept; in seconds. */
const politeStopS = 1;
const networkRetryMs = 20;

/** Everything in the engine that bears our labels: of one stack, or of all. */
export async function listParts(engine: Engine, stackId?: string): Promise<Parts> {
  const { docker } = engine;
  const filters = { label: [stackId === undefined ? labelNames.stack : `${labelNames.stack}=${stackId}`] };
  const asked = Promise.all([docker.listContainers({ all: true, filters }), docker.listNetworks({ filters })]);
  const [containers, networks] = await refuse(engine, 'list its containers', asked);
  return { containers, networks };
}

/** The parts that may be removed: made by this maker, or named by the record of the stack. */
export function pickOwnParts(parts: Parts, maker: Maker, record?: DockerRecord): Parts {
  const containers = parts.containers.filter(
    ({ Id, Labels }) => isMadeBy(Labels, maker) || record?.containers.includes(Id) === true,
  );
  const networks = parts.networks.filter(({ Id, Labels }) => isMadeBy(Labels ?? {}, maker) || record?.network === Id);
  return { containers, networks };
}

/** The containers with these ids and their networks; and all else. */
export function splitByUse({ containers, networks }: Parts, ids: readonly string[]): { inUse: Parts; strays: Parts } {
  const isUsed = ({ Id }: { Id: string }) => ids.includes(Id);
  const joined = containers.filter(isUsed).flatMap(({ NetworkSettings }) => Object.values(NetworkSettings.Networks));
  // Podman gives the name of a network where Docker gives its id.
  const names = new Set(joined.map(({ NetworkID }) => NetworkID));
  const isJoined = ({ Id, Name }: { Id: string; Name: string }) => names.has(Id) || names.has(Name);
  return {
    inUse: { containers: containers.filter(isUsed), networks: networks.filter(isJoined) },
    strays: {
      containers: containers.filter((container) => !isUsed(container)),
      networks: networks.filter((network) => !isJoined(network)),
    },
  };
}

/** Removes the parts at once: containers with their data and volumes, and each network as soon as nothing uses it. */
export async function removeParts(engine: Engine, parts: Parts): Promise<EndedPart[]> {
  const removals = parts.containers.map(async (container) => {
    const removal = engine.docker.getContainer(container.Id).remove({ force: true, v: true });
    return { what: `container ${nameOf(container)}`, pid: null, how: await judgeRemoval(removal) };
  });
  const containersGone = Promise.all(removals).then(() => true as const);
  // While all still run, a try would come too early. A race without runners would never end.
  if (removals.length > 0) await Promise.race(removals);
  const networks = parts.networks.map(async ({ Id, Name }) => {
    const how = await removeNetwork(engine.docker.getNetwork(Id), containersGone);
    return { what: `network ${Name}`, pid: null, how };
  });
  return Promise.all([...removals, ...networks]);
}

/**
 * Tries again until the containers are gone: an engine takes a container off its network some time before it has removed all
 * of it, and refuses to remove a network that is in use (403; Podman: 409).
 */
async function removeNetwork(network: Docker.Network, containersGone: Promise<true>): Promise<EndedPart['how']> {
  for (;;) {
    const isLast = await Promise.race([containersGone, sleep(networkRetryMs).then(() => false)]);
    const removal = network.remove();
    if (isLast) return judgeRemoval(removal);
    const status = await removal.then(() => 204, readEngineStatus);
    if (status === 204) return 'killed';
    if (status === 404) return 'gone already';
  }
}

/** Ends the processes and keeps containers, data and network for the next start. */
export function stopContainers(engine: Engine, { containers }: Pick<Parts, 'containers'>): Promise<EndedPart[]> {
  const running = containers.filter(({ State }) => State === 'running');
  return Promise.all(
    running.map(async (container) => {
      const stopping = engine.docker.getContainer(container.Id).stop({ t: politeStopS });
      return { what: `container ${nameOf(container)}`, pid: null, how: await judgeRemoval(stopping) };
    }),
  );
}

/** The name without the slash that the engine puts before it. */
export function nameOf({ Names, Id }: Pick<Docker.ContainerInfo, 'Names' | 'Id'>): string {
  return Names[0]?.slice(1) ?? Id.slice(0, 12);
}

// 304: it did not run. 404: it is gone. 409: another down is removing it just now. Anything else leaves it where it is.
async function judgeRemoval(removal: Promise<unknown>): Promise<EndedPart['how']> {
  try {
    await removal;
    return 'killed';
  } catch (error) {
    const status = readEngineStatus(error);
    return status === 304 || status === 404 || status === 409 ? 'gone already' : 'still there';
  }
}
