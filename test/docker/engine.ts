// The engine as the docker suite sees it: what it holds of a stack, and what else is in it. Nothing here is obs's own code.
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

/** Names of all that bears the label of a stack, or of any stack of obs. */
export async function listMade(stackId?: string): Promise<string[]> {
  const label = stackId === undefined ? 'worktree-obs.stack' : `worktree-obs.stack=${stackId}`;
  const filters = { label: [label] };
  const containers = await docker.listContainers({ all: true, filters });
  const networks = await docker.listNetworks({ filters });
  return [...containers.map(({ Names }) => Names[0]?.slice(1) ?? ''), ...networks.map(({ Name }) => Name)].sort();
}

/** The container of a server of a stack. */
export async function findContainer(stackId: string, role: string): Promise<Dockerode.Container> {
  const filters = { label: [`worktree-obs.stack=${stackId}`, `worktree-obs.role=${role}`] };
  const [found] = await docker.listContainers({ all: true, filters });
  if (found === undefined) throw new Error(`${stackId} has no container of ${role}`);
  return docker.getContainer(found.Id);
}

/** Anonymous volumes, which genuine images declare. */
export async function countVolumes(): Promise<number> {
  return (await docker.listVolumes()).Volumes.length;
}

/** Removes everything that bears our labels; for tests that leave wreckage behind on purpose. */
export async function removeMade(): Promise<void> {
  const filters = { label: ['worktree-obs.stack'] };
  const containers = await docker.listContainers({ all: true, filters });
  await Promise.all(containers.map(({ Id }) => docker.getContainer(Id).remove({ force: true, v: true })));
  const networks = await docker.listNetworks({ filters });
  await Promise.all(networks.map(({ Id }) => docker.getNetwork(Id).remove()));
}
