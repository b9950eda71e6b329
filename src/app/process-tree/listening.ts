// On which TCP ports a process tree listens. On Linux the socket tables are read first: they are one small file each,
// and only a socket that is new there is worth looking for among the files of the tree.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { readListeningSockets, readSocketInode } from '../../std/listening-sockets.ts';
import { listTree } from './tree.ts';

/** Watches for listening ports of the tree below `rootPid`. */
export class PortWatch {
  readonly #rootPid: number;
  /** Sockets that are known to belong to somebody else. */
  readonly #foreign: Set<string>;
  readonly #ports = new Map<string, number>();
  #firstSeenMs: number | null = null;

  constructor(rootPid: number) {
    this.#rootPid = rootPid;
    // What listens already while the app is being spawned cannot be the app's.
    this.#foreign = new Set(readListeningSockets().keys());
  }

  /** Ports the tree listens on now, in the order in which they were first seen. */
  read(): number[] {
    const ports = process.platform === 'linux' ? this.#readLinux() : askLsof(listTree(this.#rootPid));
    if (ports.length > 0) this.#firstSeenMs ??= performance.now();
    return ports;
  }

  /** When a look first found one, on the monotonic clock; null if none has. */
  get firstSeenMs(): number | null {
    return this.#firstSeenMs;
  }

  #readLinux(): number[] {
    const listeners = readListeningSockets();
    for (const inode of this.#ports.keys()) if (!listeners.has(inode)) this.#ports.delete(inode);
    const unknown = [...listeners.keys()].filter((inode) => !this.#foreign.has(inode) && !this.#ports.has(inode));
    if (unknown.length > 0) this.#assign(unknown, listeners);
    return [...new Set(this.#ports.values())];
  }

  #assign(unknown: readonly string[], listeners: ReadonlyMap<string, number>): void {
    const own = new Set(listTree(this.#rootPid).flatMap(readSockets));
    for (const inode of unknown) {
      const port = listeners.get(inode);
      if (own.has(inode) && port !== undefined) this.#ports.set(inode, port);
      else this.#foreign.add(inode);
    }
  }
}

function readSockets(pid: number): string[] {
  try {
    const folder = `/proc/${pid}/fd`;
    return readdirSync(folder).flatMap((fd) => readSocketInode(`${folder}/${fd}`) ?? []);
  } catch {
    return []; // ended meanwhile
  }
}

function askLsof(pids: readonly number[]): number[] {
  if (pids.length === 0) return [];
  const flags = ['-nP', '-a', '-p', pids.join(','), '-iTCP', '-sTCP:LISTEN', '-Fn'];
  const asked = spawnSync('lsof', flags, { encoding: 'utf8', timeout: 3000 });
  const ports = [...(asked.stdout ?? '').matchAll(/^n.*:(\d+)$/gm)].map((match) => Number(match[1]));
  return [...new Set(ports)];
}
