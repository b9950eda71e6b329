// A load generator keeps to one processor, the last of those that this process may use: whom it wakes finds room on the others.
import { readFile } from 'node:fs/promises';
import { run } from './workbench.mjs';

/** The command that runs another one so; that one itself where there is one processor only, or no way to say it (macOS). */
export async function onOwnCore(command, words) {
  const processor = await findLastProcessor();
  return processor === undefined ? [command, words] : ['taskset', ['-c', processor, command, ...words]];
}

async function findLastProcessor() {
  try {
    const list = /^Cpus_allowed_list:\s*(.+)$/m.exec(await readFile('/proc/self/status', 'utf8'))?.[1];
    if (!/[,-]/.test(list ?? '')) return undefined;
    const last = /\d+$/.exec(list)?.[0];
    await run('taskset', ['-c', last, 'true']);
    return last;
  } catch {
    return undefined;
  }
}
