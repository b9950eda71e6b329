// How long `up` and `status` take as whole commands, and what a stack costs while nothing happens.
import { setTimeout as sleep } from 'node:timers/promises';
import { median, run } from '../lib/workbench.mjs';

const rounds = 7;
const idleMs = 10_000;

export const group = {
  name: 'stack',
  about: `${rounds} rounds, medians; memory ${idleMs / 1_000} s after ready`,
  figures: ['up.ready', 'status.wall', 'node.wall', 'keeper.rss.idle'],
  async *measure(bench, isWanted) {
    const ups = [];
    for (let round = 0; round < rounds; round += 1) {
      if (round > 0) await bench.obs('down');
      ups.push((await bench.obs('up', '--runtime', 'embedded')).wallMs);
    }
    if (isWanted('up.ready')) yield { name: 'up.ready', value: median(ups), unit: 'ms' };
    const waits = sleep(idleMs);
    const statuses = [];
    for (let round = 0; round < rounds; round += 1) statuses.push((await bench.obs('status')).wallMs);
    if (isWanted('node.wall')) yield { name: 'node.wall', value: median(await startBareNode(bench)), unit: 'ms' };
    if (isWanted('status.wall')) yield { name: 'status.wall', value: median(statuses), unit: 'ms' };
    if (!isWanted('keeper.rss.idle')) return;
    await waits;
    yield { name: 'keeper.rss.idle', value: await sumRssMb(bench), unit: 'MB' };
  },
};

// What every command pays before the first line of ours.
async function startBareNode({ env }) {
  const wallsMs = [];
  for (let round = 0; round < rounds; round += 1)
    wallsMs.push((await run(process.execPath, ['-e', '0'], { env })).wallMs);
  return wallsMs;
}

// Every process whose command line names this stack's state folder.
async function sumRssMb(bench) {
  const { stdout } = await run('ps', ['-A', '-o', 'rss=,args=']);
  const own = stdout.split('\n').filter((line) => line.includes(bench.env.OBS_STATE_DIR));
  return own.reduce((sum, line) => sum + Number(line.trim().split(/\s+/)[0]), 0) / 1_024;
}
