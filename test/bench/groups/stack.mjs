// How long `up` and `status` take as whole commands, and what a stack costs while nothing happens, alone and among others.
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { median, run } from '../lib/workbench.mjs';

const rounds = 7;
const idleMs = 10_000;
const crowd = 20;
/** Starting more at once only makes them wait for each other. */
const startedAtOnce = 4;
const crowdIdleMs = 3_000;

export const group = {
  name: 'stack',
  about: `${rounds} rounds, medians; memory ${idleMs / 1_000} s after ready`,
  figures: ['up.ready', 'status.wall', 'node.wall', 'keeper.rss.idle', 'stacks20.rss.per_stack'],
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
    if (isWanted('keeper.rss.idle')) {
      await waits;
      yield { name: 'keeper.rss.idle', value: await sumRssMb(bench.env.OBS_STATE_DIR), unit: 'MB' };
    }
    if (isWanted('stacks20.rss.per_stack')) {
      yield { name: 'stacks20.rss.per_stack', value: await measureCrowd(bench), unit: 'MB' };
    }
  },
};

/** RSS of one of twenty embedded stacks that run at once, in a state folder of their own. */
async function measureCrowd({ path, env, obsFile }) {
  const own = { ...env, OBS_STATE_DIR: join(env.OBS_STATE_DIR, 'crowd') };
  const obs = (cwd, ...words) => run(process.execPath, [obsFile, ...words], { cwd, env: own });
  const worktrees = Array.from({ length: crowd }, (_, index) => join(path, `tree-${index}`));
  try {
    for (let at = 0; at < crowd; at += startedAtOnce) {
      const some = worktrees.slice(at, at + startedAtOnce);
      await Promise.all(
        some.map(async (worktree) => {
          await run('git', ['init', '--quiet', worktree]);
          await obs(worktree, 'up', '--runtime', 'embedded');
        }),
      );
    }
    await sleep(crowdIdleMs);
    return (await sumRssMb(own.OBS_STATE_DIR)) / crowd;
  } finally {
    await obs(path, 'down', '--all', '--yes');
  }
}

// What every command pays before the first line of ours.
async function startBareNode({ env }) {
  const wallsMs = [];
  for (let round = 0; round < rounds; round += 1)
    wallsMs.push((await run(process.execPath, ['-e', '0'], { env })).wallMs);
  return wallsMs;
}

// Every process whose command line names the state folder.
async function sumRssMb(stateDir) {
  const { stdout } = await run('ps', ['-A', '-o', 'rss=,args=']);
  const own = stdout.split('\n').filter((line) => line.includes(`${stateDir}/stacks`));
  return own.reduce((sum, line) => sum + Number(line.trim().split(/\s+/)[0]), 0) / 1_024;
}
