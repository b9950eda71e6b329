// The contract suite of runtimes, for the remote one, on a cluster of our own.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect } from 'vitest';
import { Cluster } from '../remote/cluster.ts';
import { describeRuntimeContract } from './runtime.ts';

const cluster = await Cluster.start({ dev: 'token of the contract' });
process.env.CLUSTER_TOKEN = 'token of the contract';

describeRuntimeContract({
  name: 'remote',
  flags: [],
  timeoutMs: 120_000,
  prepare: (repository) => writeFileSync(join(repository, 'obs.yaml'), cluster.describe('dev', 'CLUSTER_TOKEN')),
});

afterAll(async () => {
  await cluster.stop();
  expect(cluster.misuses).toEqual([]);
});
