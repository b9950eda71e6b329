// The choice of a runtime, without any engine at hand.
import { expect, test } from 'vitest';
import { configSchema } from '../config/schema.ts';
import { chooseRuntime } from './choose.ts';

const settings = {
  ...configSchema.parse({}),
  pull: false,
  grafana: false,
  env: { DOCKER_HOST: 'unix:///nonexistent/docker.sock' },
};

test('auto says why it chose what it chose', async () => {
  expect(await chooseRuntime('auto', settings)).toMatchObject({ reason: expect.stringMatching(/^auto: /) });
});

test('a runtime that was named is taken, and that is the reason', async () => {
  expect(await chooseRuntime('embedded', settings)).toMatchObject({
    runtime: { name: 'embedded' },
    reason: 'embedded was asked for',
  });
});
