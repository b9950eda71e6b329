// The contract suite of runtimes, for docker; and which images it ran on.
import { afterAll, expect, test } from 'vitest';
import { describeRuntimeContract } from '../contract/runtime.ts';
import { imageVariables, listMade } from './engine.ts';

const isStandIn = imageVariables.OBS_LOKI_IMAGE !== undefined;

describeRuntimeContract({
  name: 'docker',
  flags: [],
  env: imageVariables,
  listLeftovers: () => listMade(),
  timeoutMs: 240_000,
});

test(`ran on ${isStandIn ? `stand-ins (${Object.values(imageVariables).join(', ')})` : 'the genuine images'}`, () => {
  expect(Object.keys(imageVariables).length > 0).toBe(isStandIn);
});

afterAll(async () => expect(await listMade()).toEqual([]));
