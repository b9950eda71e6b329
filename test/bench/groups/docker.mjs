// How long `up` and `down` take with real containers. Measured only where an engine has the images: .ci/docker.mjs brings
// stand-ins, `obs up --runtime docker --pull` the genuine ones.
import { spawnSync } from 'node:child_process';
import { median } from '../lib/workbench.mjs';

const rounds = 5;

export const group = {
  name: 'docker',
  about: `${rounds} rounds, medians; write-and-read-back included`,
  figures: ['docker.up.ready', 'docker.down.wall'],
  async *measure(bench, isWanted) {
    const lack = await findLack(bench);
    if (lack !== undefined) {
      process.stderr.write(`bench: docker is left out: ${lack}\n`);
      return;
    }
    const [ups, downs] = [[], []];
    for (let round = 0; round < rounds; round += 1) {
      ups.push((await bench.obs('up', '--runtime', 'docker')).wallMs);
      downs.push((await bench.obs('down')).wallMs);
    }
    if (isWanted('docker.up.ready')) yield { name: 'docker.up.ready', value: median(ups), unit: 'ms' };
    if (isWanted('docker.down.wall')) yield { name: 'docker.down.wall', value: median(downs), unit: 'ms' };
  },
};

/** Why nothing can be measured, in the words of obs; undefined if it can. */
async function findLack({ obsFile, path, env, obs }) {
  const words = [obsFile, 'up', '--runtime', 'docker', '--json'];
  const tried = spawnSync(process.execPath, words, { cwd: path, env, encoding: 'utf8' });
  const { error } = JSON.parse(tried.stdout);
  // The first start reads everything from disk; it is not measured.
  if (error === undefined) await obs('down');
  return error?.message;
}
