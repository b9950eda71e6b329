// Where this machine is to be found from inside of containers: the gateway of the engine's default bridge.
import { ObsError } from '../../errors/obs-error.ts';
import { findEngine } from './engine/connect.ts';
import type { Environment } from './engine/locate.ts';
import { explainUnreachable, readSurroundings } from './engine/reach.ts';

/** The gateway's address, which is one of this machine. @throws OBS_DOCKER_NO_ENGINE, OBS_DOCKER_NO_BRIDGE */
export async function findBridgeGateway(env: Environment): Promise<string> {
  const engine = await findEngine(env);
  const elsewhere = await explainUnreachable(engine, readSurroundings());
  if (elsewhere !== undefined) throw new ObsError('OBS_DOCKER_NO_BRIDGE', { engine: engine.title, reason: elsewhere });
  const { IPAM } = await engine.docker.getNetwork('bridge').inspect();
  return readGateway(IPAM?.Config?.[0], engine.title);
}

/** The IPv4 gateway of a network's address range. @throws OBS_DOCKER_NO_BRIDGE */
export function readGateway(
  range: { readonly Gateway?: string; readonly Subnet?: string } | undefined,
  engine: string,
): string {
  if (range?.Gateway) return range.Gateway;
  // Docker leaves it out of a default bridge on which nothing ran yet, and takes the first address of the range.
  const [, network, last] = /^(\d+\.\d+\.\d+\.)(\d+)\/\d+$/.exec(range?.Subnet ?? '') ?? [];
  if (network !== undefined) return `${network}${Number(last) + 1}`;
  throw new ObsError('OBS_DOCKER_NO_BRIDGE', { engine, reason: 'its default network has no IPv4 gateway' });
}
