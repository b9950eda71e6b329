// The processes below an app, the app's own included. Linux answers from /proc; other systems are asked through `ps`.

import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** Pids of a process and all its descendants; empty when it is gone. */
export function listTree(pid: number): number[] {
  return process.platform === 'linux' ? listLinuxTree(pid) : listTreeFromPs(pid);
}

function listLinuxTree(root: number): number[] {
  const found: number[] = [];
  const waiting = [root];
  for (let pid = waiting.pop(); pid !== undefined; pid = waiting.pop()) {
    const children = readChildren(pid);
    if (children === undefined) continue;
    found.push(pid);
    waiting.push(...children);
  }
  return found;
}

// Each thread lists the children that it forked: proc(5), /proc/PID/task/TID/children.
function readChildren(pid: number): number[] | undefined {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((tid) => readPids(`/proc/${pid}/task/${tid}/children`));
  } catch {
    return undefined;
  }
}

function readPids(file: string): number[] {
  try {
    return readFileSync(file, 'utf8').split(' ').filter(Boolean).map(Number);
  } catch {
    return []; // a thread that ended meanwhile
  }
}

function listTreeFromPs(root: number): number[] {
  const asked = spawnSync('ps', ['-axo', 'pid=,ppid='], { encoding: 'utf8', timeout: 3000 });
  const pairs = (asked.stdout ?? '').split('\n').map((line) => line.trim().split(/\s+/).map(Number));
  const found = pairs.some(([pid]) => pid === root) ? [root] : [];
  for (let at = 0; at < found.length; at += 1) {
    for (const [pid, parent] of pairs) if (parent === found[at] && pid !== undefined) found.push(pid);
  }
  return found;
}
