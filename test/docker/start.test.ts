// What `up` says and does when something is missing or wrong: images, configuration, ports; and Grafana beside the three.
import { writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { expectFreshSpanAtAnyStep } from '../stack/fresh-span.ts';
import type { Sandbox } from '../stack/harness.ts';
import { docker, findContainer, imageVariables, listMade, makeSandbox, removeMade } from './engine.ts';
import { openRegistry, type Registry } from './registry.ts';

const dockerUp = ['up', '--runtime', 'docker'];

let sandbox: Sandbox;
let repository: string;
let registry: Registry | undefined;
let stranger: Server | undefined;

beforeEach(() => {
  sandbox = makeSandbox();
  repository = sandbox.makeRepository('repository');
});
afterEach(async () => {
  await registry?.close();
  stranger?.close();
  [registry, stranger] = [undefined, undefined];
  await sandbox.dispose();
  await removeMade();
});

async function expectNothingMade(): Promise<void> {
  expect(await listMade()).toEqual([]);
  expect(sandbox.listStacks()).toEqual([]);
}

describe('an image that the engine does not have', () => {
  test('is named with its size, with the command that pulls it, and nothing hangs', async () => {
    const env = { OBS_TEMPO_IMAGE: 'some/tempo:99' };
    const error = await sandbox.fail(dockerUp, { cwd: repository, env });
    expect(error).toMatchObject({ code: 'OBS_DOCKER_IMAGES_MISSING', exit: 4, fix: 'obs up --runtime docker --pull' });
    expect(error.message).toContain('some/tempo:99');
    await expectNothingMade();
  });

  test('is pulled with --pull, with layers and bytes', async () => {
    registry = await openRegistry();
    const env = { OBS_TEMPO_IMAGE: registry.image };
    const outcome = await sandbox.run([...dockerUp, '--pull', '--json'], { cwd: repository, env });
    expect(outcome.stderr).toContain(`pulling ${registry.image} (${(registry.sizeBytes / 1e6).toFixed(1)} MB)`);
    expect(outcome.stderr).toMatch(/pulled .*: 1 of 1 layers, (\d\.\d) of \1 MB, \d+ s/);
    // There is nothing in it that could be started.
    expect(JSON.parse(outcome.stdout).error).toMatchObject({ code: 'OBS_DOCKER_REFUSED' });
    expect(JSON.parse(outcome.stdout).error.message).toContain('could not start tempo');
    await expectNothingMade();
    await docker.getImage(registry.image).remove();
  });

  test('that cannot be pulled says why, in the words of the engine', async () => {
    const env = { OBS_TEMPO_IMAGE: '127.0.0.1:1/some/tempo:99' };
    const error = await sandbox.fail([...dockerUp, '--pull'], { cwd: repository, env });
    expect(error).toMatchObject({ code: 'OBS_DOCKER_PULL_FAILED', fix: 'docker pull 127.0.0.1:1/some/tempo:99' });
    expect(error.message).toContain('connection refused');
    await expectNothingMade();
  });

  test('makes auto take embedded, and say so', async () => {
    const env = { OBS_TEMPO_IMAGE: 'some/tempo:99' };
    const outcome = await sandbox.run(['up', '--json'], { cwd: repository, env });
    expect(JSON.parse(outcome.stdout).stack).toMatchObject({
      runtime: 'embedded',
      runtimeReason: expect.stringMatching(/^auto: Docker .* lacks some\/tempo:99; docker instead: obs up/),
    });
    expect(await listMade()).toEqual([]);
  });
});

test('auto takes docker where engine and images are there, and says how to get the other', async () => {
  const outcome = await sandbox.run(['up', '--json'], { cwd: repository });
  expect(JSON.parse(outcome.stdout).stack).toMatchObject({
    runtime: 'docker',
    runtimeReason: expect.stringMatching(
      /^auto: Docker .* has the images; embedded instead: obs up --runtime embedded$/,
    ),
  });
});

test('TraceQL metrics count a span of this moment at any step', async () => {
  await expectFreshSpanAtAnyStep(await sandbox.up(repository, '--runtime', 'docker'));
});

test('images and memory of obs.yaml reach the containers', async () => {
  const { OBS_LOKI_IMAGE: loki, ...rest } = imageVariables;
  const images = loki === undefined ? '' : `\n  images: { loki: "${loki}" }`;
  writeFileSync(join(repository, 'obs.yaml'), `docker:\n  memory: { loki: 300MiB }${images}\n`);
  const cleared = { ...rest, ...(loki === undefined ? {} : { OBS_LOKI_IMAGE: '' }) };
  const outcome = await sandbox.run([...dockerUp, '--json'], { cwd: repository, env: cleared });
  const { id } = JSON.parse(outcome.stdout).stack;
  const { HostConfig } = await (await findContainer(id, 'loki')).inspect();
  expect(HostConfig).toMatchObject({ Memory: 300 * 1024 ** 2, RestartPolicy: { Name: 'no' }, Binds: null });
});

test('a server that does not come up is shown with its last lines, and nothing is left', async () => {
  // Prometheus in the place of Loki ends at once: it does not know the flags.
  const images = { OBS_LOKI_IMAGE: imageVariables.OBS_PROMETHEUS_IMAGE ?? 'prom/prometheus:v3.14.0' };
  const error = await sandbox.fail(dockerUp, { cwd: repository, env: images });
  expect(error).toMatchObject({ code: 'OBS_CONTAINER_NOT_READY', exit: 4 });
  expect(error.message).toMatch(/^loki \(.*\) was not ready after \d+ ms: ended with code \d/);
  expect(error.why).toMatch(/last lines of the container obs-.*prometheus: error: /s);
  await expectNothingMade();
});

describe.runIf(imageVariables.OBS_GRAFANA_IMAGE !== undefined || imageVariables.OBS_LOKI_IMAGE === undefined)(
  'Grafana',
  () => {
    test('is a fourth container on the sticky port, also beside a stack that runs', async () => {
      const { id, endpoints } = await sandbox.up(repository, '--runtime', 'docker');
      const again = await sandbox.run(['up', '--grafana', '--json'], { cwd: repository });
      const { grafana } = JSON.parse(again.stdout);
      expect(Number(new URL(grafana).port)).toBe(Number(new URL(endpoints.loki ?? '').port) + 5);
      expect(await listMade(id)).toHaveLength(5);
      expect((await fetch(new URL('/api/health', grafana))).status).toBe(200);
      await sandbox.run(['down'], { cwd: repository });
      await expectNothingMade();
    });

    test('names who holds its port', async () => {
      const { endpoints } = await sandbox.up(repository, '--runtime', 'docker');
      const port = Number(new URL(endpoints.loki ?? '').port) + 5;
      stranger = createServer();
      await new Promise<void>((done) => void stranger?.listen(port, '127.0.0.1', done));
      const error = await sandbox.fail(['up', '--grafana'], { cwd: repository });
      expect(error).toMatchObject({ code: 'OBS_PORT_TAKEN' });
      expect(error.message).toContain(`Port ${port} (grafana of this worktree) is taken by process ${process.pid}`);
    });
  },
);
