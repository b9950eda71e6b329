// A temporary worktree with a state folder of its own, and the built obs to run in it.
import { spawn } from 'node:child_process';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const obsFile = fileURLToPath(new URL('../../../dist/obs.js', import.meta.url));

/** Runs a command to its end; rejects unless it ends with 0. */
export function run(command, words, options = {}) {
  return new Promise((resolve, reject) => {
    const startedAt = performance.now();
    const child = spawn(command, words, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
    const out = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr']) child[name].setEncoding('utf8').on('data', (text) => (out[name] += text));
    child.on('error', reject).on('close', (code) => {
      const wallMs = performance.now() - startedAt;
      if (code === 0) resolve({ ...out, wallMs });
      else reject(new Error(`${command} ${words.join(' ')} ended with ${code}: ${out.stderr}${out.stdout}`));
    });
  });
}

export async function makeWorkbench() {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'obs-bench-')));
  const path = join(root, 'worktree');
  const env = { ...process.env, OBS_STATE_DIR: join(root, 'state') };
  // Where it is set, Node reads a bundle of certificates at each start, of obs and of bare Node alike (80 ms for a usual one).
  delete env.NODE_EXTRA_CA_CERTS;
  await run('git', ['init', '--quiet', path]);
  const obs = (...words) => run(process.execPath, [obsFile, ...words, '--json'], { cwd: path, env });
  return {
    path,
    env,
    obsFile,
    obs,
    json: async (...words) => JSON.parse((await obs(...words)).stdout),
    async close() {
      await obs('down');
      await rm(root, { recursive: true, force: true });
    },
  };
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
