// The engine as the docker suite sees it: what it holds of a stack, and what else is in it. Nothing here is obs's own code.
import { realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Dockerode from 'dockerode';
import { Sandbox } from '../stack/harness.ts';

export const docker = new Dockerode();

const variables = ['DOCKER_HOST', 'OBS_LOKI_IMAGE', 'OBS_TEMPO_IMAGE', 'OBS_PROMETHEUS_IMAGE', 'OBS_GRAFANA_IMAGE'];

/** The images of this run: those that .ci/docker.mjs made, or none where the genuine ones are there. */
export const imageVariables: Readonly<Record<string, string>> = Object.fromEntries(
  variables.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])),
);

export const makeSandbox = (env: Readonly<Record<string, string>> = {}): Sandbox =>
  new Sandbox({ ...imageVariables, ...env });

/** Where every sandbox of the tests is: stacks of whoever runs the tests are none of theirs. */
const ownWorktrees = join(realpathSync(tmpdir()), 'obs-stack-');

async function listOwn(stackId?: string) {
  const filters = { label: [stackId === undefined ? 'worktree-obs.stack' : `worktree-obs.stack=${stackId}`] };
  const [containers, networks] = await Promise.all([
    docker.listContainers({ all: true, filters }),
    docker.listNetworks({ filters }),
  ]);
  const isOwn = (labels: Record<string, string> = {}) => labels['worktree-obs.worktree']?.startsWith(ownWorktrees);
  return {
    containers: containers.filter(({ Labels }) => isOwn(Labels)),
    networks: networks.filter(({ Labels }) => isOwn(Labels)),
  };
}

/** Names of all containers and networks that bear the label of a stack, or of any stack of the tests. */
export async function listMade(stackId?: string): Promise<string[]> {
  const { containers, networks } = await listOwn(stackId);
  return [...containers.map(({ Names }) => Names[0]?.slice(1) ?? ''), ...networks.map(({ Name }) => Name)].sort();
}

/** Names of the volumes of a stack's containers: anonymous ones, which genuine images declare. */
export async function listVolumes(stackId: string): Promise<string[]> {
  const { containers } = await listOwn(stackId);
  return containers.flatMap(({ Mounts }) => Mounts.flatMap(({ Name }) => Name ?? []));
}

/** Those of the volumes that are still there. */
export async function findVolumes(names: readonly string[]): Promise<string[]> {
  const { Volumes } = await docker.listVolumes();
  return Volumes.map(({ Name }) => Name).filter((name) => names.includes(name));
}

/** The container of a server of a stack. */
export async function findContainer(stackId: string, role: string): Promise<Dockerode.Container> {
  const filters = { label: [`worktree-obs.stack=${stackId}`, `worktree-obs.role=${role}`] };
  const [found] = await docker.listContainers({ all: true, filters });
  if (found === undefined) throw new Error(`${stackId} has no container of ${role}`);
  return docker.getContainer(found.Id);
}

/** Removes everything that tests made; for those that leave wreckage behind on purpose. */
export async function removeMade(): Promise<void> {
  const { containers, networks } = await listOwn();
  await Promise.all(containers.map(({ Id }) => docker.getContainer(Id).remove({ force: true, v: true })));
  await Promise.all(networks.map(({ Id }) => docker.getNetwork(Id).remove()));
}
