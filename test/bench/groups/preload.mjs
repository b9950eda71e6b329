// What a preload adds to the time until a stock app listens: with it minus without it, in turns, medians. A figure counts
// only if the app's first request yielded a span and a log.
import { cp, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { prepareNode, preparePackages } from '../../long/apps/packages.mjs';
import { askOnce, bootOnce, bootUnderObs, requireTelemetry } from '../lib/boot.mjs';
import { median } from '../lib/workbench.mjs';

const rounds = 9;
const fixtures = fileURLToPath(new URL('../fixtures', import.meta.url));
const shopModules = fileURLToPath(new URL('../../../docs/examples/shop/node_modules', import.meta.url));
const official = createRequire(import.meta.url).resolve('@opentelemetry/auto-instrumentations-node/register');

const node = () => process.execPath;
const lts = () => prepareNode('lts');
/** Both with and without the preload. */
const compileCache = (folder) => ({ NODE_COMPILE_CACHE: join(folder, 'compile-cache') });

const cases = [
  { name: 'preload.express.added', program: node, words: ['express.cjs'] },
  { name: 'preload.official.added', program: node, words: ['express.cjs'], preload: official },
  { name: 'preload.fastify-esm.added', program: node, words: ['fastify.mjs'] },
  { name: 'preload.npmstart.added', program: () => 'npm', words: ['start'] },
  { name: 'preload.lts-express.added', program: lts, words: ['express.cjs'], settings: compileCache },
  {
    name: 'preload.lts-official.added',
    program: lts,
    words: ['express.cjs'],
    settings: compileCache,
    preload: official,
  },
  { name: 'preload.lts-fastify-esm.added', program: lts, words: ['fastify.mjs'], settings: compileCache },
  { name: 'preload.nest.added-share', program: node, words: ['nest.cjs'], isShare: true },
  { name: 'preload.nest-official.added-share', program: node, words: ['nest.cjs'], isShare: true, preload: official },
];

export const group = {
  name: 'preload',
  about: `${rounds} boots with and without, in turns`,
  figures: cases.map((one) => one.name),
  async *measure(bench, isWanted) {
    const folder = join(bench.path, 'app');
    const wanted = cases.filter((one) => isWanted(one.name));
    await cp(fixtures, folder, { recursive: true });
    await symlink(shopModules, join(folder, 'node_modules'));
    if (wanted.some(({ isShare }) => isShare)) await addNest(folder);
    await bench.obs('up', '--runtime', 'embedded');
    const { env } = await bench.json('env', '--instrument');
    for (const one of wanted) yield await measureCase({ bench, folder, env }, one);
  },
};

/** Nest's packages beside the others: a tree of its own, in which its program finds them. */
async function addNest(folder) {
  await cp(join(fixtures, 'nest.cjs'), join(folder, 'nest/nest.cjs'));
  await symlink(preparePackages('nest'), join(folder, 'nest/node_modules'));
}

async function measureCase({ bench, folder, env }, { name, program, words, settings, preload, isShare = false }) {
  const service = name.replaceAll('.', '-');
  const cwd = isShare ? join(folder, 'nest') : folder;
  const command = [program(), ...words];
  const plain = { ...bench.env, ...settings?.(folder) };
  const ours = preload === undefined ? {} : { NODE_OPTIONS: `--require=${preload}` };
  const watched = { ...plain, ...env, OTEL_SERVICE_NAME: service, ...ours };
  const times = { plain: [], watched: [] };
  for (let round = 0; round < rounds; round += 1) {
    times.plain.push(await bootOnce(command, { cwd, env: plain }));
    times.watched.push(await bootOnce(command, { cwd, env: watched }));
  }
  const ask = async (url) => {
    await askOnce(url);
    await requireTelemetry(bench, service);
  };
  // With obs the lines of an app are taken by `obs run`, so that is where its log has to arrive.
  if (preload === undefined) await bootUnderObs({ bench, folder: cwd, command, service }, ask);
  else await bootOnce(command, { cwd, env: watched, ask });
  const [with_, without] = [median(times.watched), median(times.plain)];
  return isShare
    ? { name, value: (with_ / without - 1) * 100, unit: '%' }
    : { name, value: with_ - without, unit: 'ms' };
}
