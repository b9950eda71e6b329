// The choice of a runtime, without any engine at hand.
import { expect, test } from 'vitest';
import { configSchema } from '../config/schema.ts';
import { ObsError } from '../errors/obs-error.ts';
import { chooseRuntime, takeEmbedded } from './choose.ts';

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

test('auto takes embedded when the ports of containers turn out to be out of reach, and for no other failure', () => {
  const reason = 'http://127.0.0.1:1 refuses every connection';
  const unreachable = new ObsError('OBS_DOCKER_PORTS_UNREACHABLE', { engine: 'Docker 99.1', reason });
  expect(takeEmbedded(unreachable)).toMatchObject({
    runtime: { name: 'embedded' },
    reason: `auto: Ports that Docker 99.1 publishes cannot be reached from here. ${reason}.`,
  });
  expect(takeEmbedded(new Error('another'))).toBeUndefined();
});
