// The demo's temporary repository: the example shop on branch main, and a worktree with two seeded faults.
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const shop = fileURLToPath(new URL('../shop', import.meta.url));

/** Three times over their limits of 2 s and 800 ms, so that no noise can save them. */
const faults = { SLOW_QUERY_MS: 6_500, SLOW_START_MS: 2_600 };

/** A repository with the shop in it, outside of every other worktree. */
export async function copyShop() {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'obs-demo-')));
  const main = join(root, 'main');
  await cp(shop, main, { recursive: true, filter: (path) => !path.includes('node_modules') });
  await writeFile(join(main, '.gitignore'), 'node_modules\n');
  await git(main, 'init', '--quiet', '--initial-branch=main');
  await commit(main, 'The shop');
  return { root, stateDir: join(root, 'state'), worktrees: [] };
}

/** The worktrees `good` (branch main) and `slow` (branch reserve-by-replay). */
export async function makeWorktrees(workspace) {
  const good = { name: 'main', path: join(workspace.root, 'main') };
  const slow = { name: 'reserve-by-replay', path: join(workspace.root, 'reserve-by-replay') };
  await git(good.path, 'worktree', 'add', '--quiet', '-b', slow.name, slow.path);
  await seedFaults(slow.path);
  for (const { path } of [good, slow]) await symlink(join(shop, 'node_modules'), join(path, 'node_modules'));
  workspace.worktrees.push(good, slow);
  await mkdir(workspace.stateDir, { recursive: true, mode: 0o700 });
  return { good, slow };
}

export async function removeWorkspace({ root }) {
  await rm(root, { recursive: true, force: true });
}

// The switches of the shop's README, in the environment that obs.yaml gives to its apps.
async function seedFaults(path) {
  const file = join(path, 'obs.yaml');
  const text = await readFile(file, 'utf8');
  const seeded = text
    .replace('ports: { PORT: auto }', `ports: { PORT: auto }\n    env:\n      SLOW_QUERY_MS: "${faults.SLOW_QUERY_MS}"`)
    .replace(
      'INVENTORY_URL: "{inventory}"',
      `INVENTORY_URL: "{inventory}"\n      SLOW_START_MS: "${faults.SLOW_START_MS}"`,
    );
  await writeFile(file, seeded);
  await commit(path, 'Reserve by replaying the movements');
}

async function commit(path, message) {
  await git(path, 'add', '--all');
  await git(path, '-c', 'user.name=demo', '-c', 'user.email=demo@example.invalid', 'commit', '--quiet', '-m', message);
}

const git = (path, ...words) => run('git', ['-C', path, '-c', 'core.hooksPath=/dev/null', ...words]);
