// Who listens on a TCP port of this machine. Linux answers from /proc/net; other systems are asked through lsof.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { readListeningSockets, readSocketInode } from './listening-sockets.ts';

/** All ports of this machine on which something listens; empty where the system does not tell cheaply. */
export function readListeningPorts(): ReadonlySet<number> {
  return new Set(readListeningSockets().values());
}

/** Pid of the process that listens on a port; undefined if nothing does, or it is not ours to see. */
export function findListenerPid(port: number): number | undefined {
  if (process.platform !== 'linux') return askLsof(port);
  const inodes = new Set([...readListeningSockets()].flatMap(([inode, its]) => (its === port ? [inode] : [])));
  if (inodes.size === 0) return undefined;
  return listPids().find((pid) => holdsOneOf(pid, inodes));
}

function listPids(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

function holdsOneOf(pid: number, sockets: ReadonlySet<string>): boolean {
  const folder = `/proc/${pid}/fd`;
  try {
    return readdirSync(folder).some((fd) => sockets.has(readSocketInode(`${folder}/${fd}`) ?? ''));
  } catch {
    // Gone meanwhile, or of another user.
    return false;
  }
}

function askLsof(port: number): number | undefined {
  const asked = spawnSync('lsof', ['-nP', '-t', `-iTCP:${port}`, '-sTCP:LISTEN'], { encoding: 'utf8', timeout: 3000 });
  const pid = Number(asked.stdout?.split('\n')[0]);
  return Number.isInteger(pid) && pid > 0 ? pid : undefined;
}
