// The process group of an app. Its leader may end first: npm and shells die of a signal at once, while the program that
// they started still answers its last requests and sends its last spans.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { sleep } from '../../std/sleep.ts';

const pollMs = 10;

/** Waits until no process of the group is left; false if some still are after `timeoutMs`. */
export async function waitUntilGroupGone(groupId: number, timeoutMs: number): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  while (isGroupAlive(groupId)) {
    if (performance.now() >= deadline) return false;
    await sleep(pollMs);
  }
  return true;
}

/** Whether a process of the group runs. Ended ones that nobody has asked about do not count: not every container's first process does. */
export function isGroupAlive(groupId: number): boolean {
  try {
    process.kill(-groupId, 0);
  } catch {
    return false;
  }
  const states = process.platform === 'linux' ? listLinuxStates(groupId) : listStatesFromPs(groupId);
  return states.some((state) => !/^[ZX]/.test(state));
}

/** States of its processes; proc(5): field 3 of stat is the state, 5 the group. The name in field 2 may hold anything. */
function listLinuxStates(groupId: number): string[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.flatMap((pid) => {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      const [state = '', , group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ', 3);
      return Number(group) === groupId ? [state] : [];
    } catch {
      return []; // ended meanwhile
    }
  });
}

function listStatesFromPs(groupId: number): string[] {
  const asked = spawnSync('ps', ['-axo', 'pgid=,stat='], { encoding: 'utf8', timeout: 3000 });
  const rows = (asked.stdout ?? '').split('\n').map((line) => line.trim().split(/\s+/));
  return rows.flatMap(([group, state = '']) => (Number(group) === groupId ? [state] : []));
}
