// Starts the built obs in a temporary worktree and state folder, as a user would, and takes it down again.
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const obs = fileURLToPath(new URL('../../../dist/obs.js', import.meta.url));
const run = promisify(execFile);

/** @returns {Promise<{targets, stop: () => Promise<void>}>} base URLs per server, OTLP URLs per signal */
export async function startEngine() {
  const folder = await mkdtemp(join(tmpdir(), 'obs-conformance-'));
  await run('git', ['init', '--quiet', folder]);
  const env = { ...process.env, OBS_STATE_DIR: join(folder, '.state') };
  const call = (...words) => run(process.execPath, [obs, ...words, '--json'], { cwd: folder, env });
  const { stdout } = await call('up', '--runtime', 'embedded');
  const { endpoints } = JSON.parse(stdout).stack;
  return {
    targets: makeTargets(endpoints),
    stop: async () => {
      await call('down');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Each server's own OTLP receiver, since the recorded refusals are theirs. */
export function makeTargets({ loki, prometheus, tempo }) {
  const base = (url) => url?.replace(/\/+$/, '');
  return {
    loki: base(loki),
    prometheus: base(prometheus),
    tempo: base(tempo),
    otlp: {
      logs: `${base(loki)}/otlp/v1/logs`,
      metrics: `${base(prometheus)}/api/v1/otlp/v1/metrics`,
      traces: `${base(tempo)}/v1/traces`,
    },
  };
}
