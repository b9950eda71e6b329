// Whether ports that an engine publishes on 127.0.0.1 can be reached from here: not where the engine is elsewhere, as it is
// for a container that was given the socket of its host. Judged by looking, since trying would take a container.
import { existsSync } from 'node:fs';
import type Docker from 'dockerode';
import { readTextIfThere } from '../../../std/read-if-there.ts';
import type { Engine } from './connect.ts';
import { describePlace } from './locate.ts';

/** What this process sees of the system it runs on. */
export interface Surroundings {
  readonly isContained: boolean;
  /** The table of IPv4 routes as proc(5) writes it; empty where there is none. */
  readonly routes: string;
}

/** The surroundings of this very process. */
export function readSurroundings(): Surroundings {
  const isContained = existsSync('/.dockerenv') || existsSync('/run/.containerenv');
  return { isContained, routes: readTextIfThere('/proc/net/route') ?? '' };
}

/** Why published ports are probably not reachable; undefined if nothing speaks against it. */
export async function explainUnreachable(
  { docker, place }: Engine,
  { isContained, routes }: Surroundings,
): Promise<string | undefined> {
  if (!isContained && place.kind === 'socket') return undefined;
  const bridge: Docker.NetworkInspectInfo | undefined = await docker
    .getNetwork('bridge')
    .inspect()
    .catch(() => undefined);
  if (bridge !== undefined && hasRoute(routes, bridge)) return undefined;
  const where = isContained ? 'obs runs in a container' : `${describePlace(place)} may lead to another machine`;
  return `${where}, and the network of the engine is not one of this system: ports that it publishes are elsewhere`;
}

// An engine that shares this network namespace has its bridge among our own interfaces. Its routes are asked, because Node
// does not list an interface without carrier, which a bridge without containers is.
function hasRoute(routes: string, { Options, IPAM }: Docker.NetworkInspectInfo): boolean {
  const name: string | undefined = Options?.['com.docker.network.bridge.name'];
  const subnets = (IPAM?.Config ?? []).flatMap(({ Subnet }) => encodeSubnet(Subnet ?? '') ?? []);
  return routes.split('\n').some((line) => {
    const [device, destination = ''] = line.split('\t');
    return device === name && subnets.includes(destination);
  });
}

// proc(5), /proc/net/route: addresses in hex, as a little-endian number. 172.17.0.0 is 000011AC.
function encodeSubnet(subnet: string): string | undefined {
  const bytes = /^(\d+)\.(\d+)\.(\d+)\.(\d+)\//.exec(subnet)?.slice(1).map(Number).reverse();
  return bytes?.map((byte) => byte.toString(16).padStart(2, '0').toUpperCase()).join('');
}
