// On which TCP ports a process tree listens. On Linux the socket tables are read first: they are one small file each,
// and only a socket that is new there is worth looking for among the files of the tree.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { listTree } from './tree.ts';

const listenState = '0A';

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
    this.#foreign = new Set(readListeners().keys());
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
    const listeners = readListeners();
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

// proc(5), /proc/net/tcp: `sl local_address rem_address st tx:rx tr:tm retrnsmt uid timeout inode`, addresses in hex.
function readListeners(): Map<string, number> {
  const found = new Map<string, number>();
  for (const file of ['/proc/net/tcp', '/proc/net/tcp6']) {
    for (const line of readText(file).split('\n')) {
      const fields = line.trim().split(/\s+/);
      if (fields[3] !== listenState || fields[9] === undefined) continue;
      found.set(fields[9], Number.parseInt(fields[1]?.split(':')[1] ?? '', 16));
    }
  }
  return found;
}

function readSockets(pid: number): string[] {
  try {
    const folder = `/proc/${pid}/fd`;
    return readdirSync(folder).flatMap((fd) => readSocketInode(`${folder}/${fd}`));
  } catch {
    return []; // ended meanwhile
  }
}

function readSocketInode(link: string): string[] {
  try {
    const inode = /^socket:\[(\d+)\]$/.exec(readlinkSync(link))?.[1];
    return inode === undefined ? [] : [inode];
  } catch {
    return [];
  }
}

function askLsof(pids: readonly number[]): number[] {
  if (pids.length === 0) return [];
  const flags = ['-nP', '-a', '-p', pids.join(','), '-iTCP', '-sTCP:LISTEN', '-Fn'];
  const asked = spawnSync('lsof', flags, { encoding: 'utf8', timeout: 3000 });
  const ports = [...(asked.stdout ?? '').matchAll(/^n.*:(\d+)$/gm)].map((match) => Number(match[1]));
  return [...new Set(ports)];
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
