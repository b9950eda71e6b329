// How long `up` takes with Loki, Prometheus and Tempo as local processes, and what a keeper holds that forwards to them.
// Measured only where the three programs are on PATH.
import { spawnSync } from 'node:child_process';
import { median } from '../lib/workbench.mjs';

const rounds = 5;

export const group = {
  name: 'native',
  about: `${rounds} rounds, medians; write-and-read-back included`,
  figures: ['native.up.ready', 'keeper.rss.forward'],
  async *measure(bench, isWanted) {
    const lack = await findLack(bench);
    if (lack !== undefined) {
      process.stderr.write(`bench: native is left out: ${lack}\n`);
      return;
    }
    const [ups, sizes] = [[], []];
    for (let round = 0; round < rounds; round += 1) {
      ups.push((await bench.obs('up', '--runtime', 'native')).wallMs);
      sizes.push((await bench.json('status')).stack.keeper.rssBytes);
      await bench.obs('down');
    }
    if (isWanted('native.up.ready')) yield { name: 'native.up.ready', value: median(ups), unit: 'ms' };
    if (isWanted('keeper.rss.forward')) yield { name: 'keeper.rss.forward', value: median(sizes) / 1e6, unit: 'MB' };
  },
};

/** Why nothing can be measured, in the words of obs; undefined if it can. */
async function findLack({ obsFile, path, env, obs }) {
  const words = [obsFile, 'up', '--runtime', 'native', '--json'];
  const { error } = JSON.parse(spawnSync(process.execPath, words, { cwd: path, env, encoding: 'utf8' }).stdout);
  // The first start reads everything from disk; it is not measured.
  if (error === undefined) await obs('down');
  return error?.message;
}
