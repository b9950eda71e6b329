// On which TCP ports a process tree listens. On Linux the files of the tree are looked at first: that is cheap, whereas the
// kernel walks its table of all connections for each read of /proc/net/tcp, milliseconds that a booting app would miss.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { readListeningSockets, readSocketInode } from '../../std/listening-sockets.ts';
import { listTree } from './tree.ts';

/** How often a socket is looked up at once, and how long each later look for those that do not listen waits. */
const eagerLooks = 3;
const laterLookMs = 200;

/** Watches for listening ports of the tree below `rootPid`. */
export class PortWatch {
  readonly #rootPid: number;
  readonly #ports = new Map<string, number>();
  /** How often a socket that does not listen was looked up. */
  readonly #looks = new Map<string, number>();
  /** Sockets of the tree before it could make any: its pipes. */
  readonly #given: ReadonlySet<string>;
  #firstSeenMs: number | null = null;
  #lastLookMs = Number.NEGATIVE_INFINITY;

  constructor(rootPid: number) {
    this.#rootPid = rootPid;
    this.#given = new Set(process.platform === 'linux' ? readStandardSockets(rootPid) : []);
  }

  /** Ports the tree listens on now, in the order in which they were first seen. */
  read(): number[] {
    const own = process.platform === 'linux' ? this.#listSockets() : undefined;
    // Looking them up takes long in itself, and what is found was there before.
    const listedAtMs = performance.now();
    const ports = own === undefined ? askLsof(listTree(this.#rootPid)) : this.#findPorts(own);
    if (ports.length > 0) this.#firstSeenMs ??= listedAtMs;
    return ports;
  }

  /** When the first look that found one listed what there is, on the monotonic clock; null if none has found one. */
  get firstSeenMs(): number | null {
    return this.#firstSeenMs;
  }

  #listSockets(): ReadonlySet<string> {
    return new Set(listTree(this.#rootPid).flatMap(readSockets));
  }

  #findPorts(own: ReadonlySet<string>): number[] {
    for (const known of [this.#ports, this.#looks])
      for (const inode of known.keys()) if (!own.has(inode)) known.delete(inode);
    const unknown = [...own].filter((inode) => !this.#ports.has(inode) && !this.#given.has(inode));
    if (unknown.length > 0) this.#lookUp(unknown);
    return [...new Set(this.#ports.values())];
  }

  #lookUp(inodes: readonly string[]): void {
    const isNew = inodes.some((inode) => (this.#looks.get(inode) ?? 0) < eagerLooks);
    const nowMs = performance.now();
    if (!isNew && nowMs - this.#lastLookMs < laterLookMs) return;
    this.#lastLookMs = nowMs;
    const listeners = readListeningSockets();
    for (const inode of inodes) {
      const port = listeners.get(inode);
      if (port === undefined) this.#looks.set(inode, (this.#looks.get(inode) ?? 0) + 1);
      else this.#ports.set(inode, port);
    }
  }
}

function readStandardSockets(pid: number): string[] {
  return [0, 1, 2].flatMap((fd) => readSocketInode(`/proc/${pid}/fd/${fd}`) ?? []);
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
