// The contract suite of runtimes, for the remote one, on a cluster of our own.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect } from 'vitest';
import { Cluster } from '../remote/cluster.ts';
import { describeRuntimeContract } from './runtime.ts';

const token = 'token of the contract';
const cluster = await Cluster.start({ dev: token });

describeRuntimeContract({
  name: 'remote',
  flags: [],
  env: { CLUSTER_TOKEN: token },
  prepare: (repository) => writeFileSync(join(repository, 'obs.yaml'), cluster.describe('dev', 'CLUSTER_TOKEN')),
  keepsDataForGood: true,
  timeoutMs: 120_000,
});

afterAll(async () => {
  await cluster.stop();
  expect(cluster.misuses).toEqual([]);
});
