// What a stack uses and what a killed `up` left beside it, in the lists of Docker and of Podman.
import type Docker from 'dockerode';
import { expect, test } from 'vitest';
import { splitByUse } from './parts.ts';

/** The fields of a listing that count here. */
const container = (Id: string, network: string) =>
  ({ Id, NetworkSettings: { Networks: { any: { NetworkID: network } } } }) as unknown as Docker.ContainerInfo;
const network = (Id: string, Name: string) => ({ Id, Name }) as Docker.NetworkInspectInfo;

test.each([
  { engine: 'Docker, where two networks may bear one name', joined: 'id-1', names: ['obs', 'obs'] },
  { engine: 'Podman, where a container names its network', joined: 'obs-1', names: ['obs-1', 'obs-2'] },
])('strays are told from what is used: $engine', ({ joined, names }) => {
  const [used, stray] = [container('a', joined), container('b', 'id-2')];
  const [first, second] = names.map((name, index) => network(`id-${index + 1}`, name));
  if (first === undefined || second === undefined) throw new Error('two networks');
  expect(splitByUse({ containers: [used, stray], networks: [first, second] }, ['a'])).toEqual({
    inUse: { containers: [used], networks: [first] },
    strays: { containers: [stray], networks: [second] },
  });
});
