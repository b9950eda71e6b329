// From what the containers are made, and that a person who runs compose/ by hand gets the same.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { dockerSchema } from '../../config/backends.ts';
import { findPackageFile } from '../../std/package-root.ts';
import { nameImages } from './images.ts';
import { isMadeBy, labelNames, makeStackLabels, readMaker } from './labels.ts';
import {
  digestRecipe,
  grafanaEnvironment,
  grafanaFolders,
  makeCreateOptions,
  makePortBindings,
  makeRecipes,
} from './recipe.ts';

const docker = dockerSchema.parse({});
const image = (name: string) => ({ name, id: `sha256:${name}` });
const images = { loki: image('l'), prometheus: image('p'), tempo: image('t'), grafana: image('g') };
const recipes = makeRecipes(images, { docker });
const recipeOf = (role: string) => {
  const found = recipes.find((recipe) => recipe.role === role);
  if (found === undefined) throw new Error(`no recipe of ${role}`);
  return found;
};
const compose = parse(readFileSync(findPackageFile('compose/compose.yaml'), 'utf8'));

test('Grafana gets the environment and the files that compose.yaml gives it', () => {
  expect(compose.services.grafana.environment).toEqual(grafanaEnvironment);
  expect(compose.services.grafana.volumes).toEqual(
    Object.entries(grafanaFolders).map(([folder, target]) => `./grafana/${folder}:${target}:ro`),
  );
  expect(recipeOf('grafana').files.map(({ path }) => path)).toContain(
    '/etc/grafana/provisioning/datasources/stack.yaml',
  );
});

test('a container mounts nothing, may little, and is published on 127.0.0.1 only', () => {
  const recipe = recipeOf('tempo');
  const labels = makeStackLabels({ stackId: '0123456789ab', worktree: '/w' }, readMaker());
  const bindings = makePortBindings(recipe, [40001, 40002]);
  const options = makeCreateOptions(recipe, { name: 'n', labels, networkId: 'net', bindings });
  expect(options).toMatchObject({
    Labels: { ...labels, [labelNames.role]: 'tempo' },
    HostConfig: {
      NetworkMode: 'net',
      RestartPolicy: { Name: 'no' },
      Memory: 512 * 1024 ** 2,
      PortBindings: {
        '3200/tcp': [{ HostIp: '127.0.0.1', HostPort: '40001' }],
        '4318/tcp': [{ HostIp: '127.0.0.1', HostPort: '40002' }],
      },
    },
  });
  expect(JSON.stringify(options)).not.toMatch(/Binds|Mounts|Privileged/);
});

test('another image behind the same name, another limit or another configuration is another recipe', () => {
  const [recipe] = recipes;
  if (recipe === undefined) throw new Error('no recipe');
  const digests = [
    recipe,
    { ...recipe, image: { ...recipe.image, id: 'sha256:other' } },
    { ...recipe, memoryBytes: 1 },
    { ...recipe, files: [] },
  ].map(digestRecipe);
  expect(new Set(digests).size).toBe(digests.length);
  expect(digestRecipe({ ...recipe, image: { ...recipe.image, name: 'same:tag' } })).toBe(digests[0]);
});

test('images are named by the environment before obs.yaml, and by obs.yaml before the pinned ones', () => {
  const settings = {
    docker: dockerSchema.parse({ images: { loki: 'from/yaml', tempo: 'from/yaml' } }),
    grafana: false,
  };
  const named = Object.fromEntries(nameImages({ ...settings, env: { OBS_LOKI_IMAGE: 'from/env' } }));
  expect(named).toEqual({
    loki: 'from/env',
    tempo: 'from/yaml',
    prometheus: expect.stringMatching(/^prom\/prometheus:v/),
  });
  expect(nameImages({ ...settings, grafana: true, env: {} }).map(([role]) => role)).toContain('grafana');
});

test('what another user, machine or mount namespace made is not ours', () => {
  const maker = readMaker();
  const labels = makeStackLabels({ stackId: '0123456789ab', worktree: '/w' }, maker);
  expect(isMadeBy(labels, maker)).toBe(true);
  for (const name of ['user', 'machine', 'mountNamespace'] as const)
    expect(isMadeBy({ ...labels, [labelNames[name]]: 'other' }, maker)).toBe(false);
  expect(isMadeBy({}, maker)).toBe(false);
});
