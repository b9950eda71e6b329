// The keeper of a bench stack as a process: what it has used, and how to start another one in its place.
import { spawn } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

const ticksPerSecond = 100;

export async function readRssBytes(pid) {
  return Number(/VmRSS:\s+(\d+)/.exec(await readFile(`/proc/${pid}/status`, 'utf8'))[1]) * 1024;
}

/**
 * Time of processor that a process has used so far, in user and kernel mode: by the scheduler's own count of its threads, or
 * where the kernel has none by that of the process, which goes in steps of 10 ms.
 */
export async function readCpuMs(pid) {
  const threads = await readdir(`/proc/${pid}/task`);
  const counts = await Promise.all(
    threads.map((thread) => readFile(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').catch(() => '')),
  );
  if (counts.includes('')) return readCpuStepsMs(pid);
  return counts.reduce((sumMs, text) => sumMs + Number(text.split(' ')[0]) / 1e6, 0);
}

async function readCpuStepsMs(pid) {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return ((Number(fields[11]) + Number(fields[12])) * 1_000) / ticksPerSecond;
}

/** Ends the keeper of a stack with `kill -9` and starts one like it that writes no log; says its pid once it answers. */
export async function restartWithoutLog(bench, stack) {
  const { pid } = (await bench.json('status')).stack.keeper;
  const [program, ...words] = await readWords(pid, 'cmdline');
  const env = Object.fromEntries((await readWords(pid, 'environ')).map((word) => word.split(/=(.*)/s, 2)));
  process.kill(pid, 'SIGKILL');
  const cwd = join(bench.env.OBS_STATE_DIR, 'stacks', stack.id);
  const child = spawn(program, [...words, '--memory-only'], { cwd, env, stdio: 'ignore' });
  child.unref();
  for (let tries = 0; tries < 600; tries += 1) {
    const status = await bench.json('status').catch(() => undefined); // an error as long as there is no keeper
    if (status?.stack.keeper?.pid === child.pid) return child.pid;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('a keeper without a log did not start');
}

// The words of a file of /proc, each ended by a NUL.
async function readWords(pid, file) {
  return (await readFile(`/proc/${pid}/${file}`, 'utf8')).split('\0').slice(0, -1);
}
