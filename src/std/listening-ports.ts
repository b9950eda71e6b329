// Who listens on a TCP port of this machine. Linux answers from /proc/net; other systems are asked through lsof.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

const listenState = '0A';

interface Listener {
  readonly port: number;
  readonly inode: string;
}

/** All ports of this machine on which something listens; empty where the system does not tell cheaply. */
export function readListeningPorts(): ReadonlySet<number> {
  return new Set(readLinuxListeners().map((listener) => listener.port));
}

/** Pid of the process that listens on a port; undefined if nothing does, or it is not ours to see. */
export function findListenerPid(port: number): number | undefined {
  if (process.platform !== 'linux') return askLsof(port);
  const inodes = new Set(readLinuxListeners().flatMap((each) => (each.port === port ? [each.inode] : [])));
  if (inodes.size === 0) return undefined;
  const wanted = new Set([...inodes].map((inode) => `socket:[${inode}]`));
  return listPids().find((pid) => holdsOneOf(pid, wanted));
}

function readLinuxListeners(): Listener[] {
  return ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((file) => parseSocketTable(readText(file)));
}

// proc(5), /proc/net/tcp: `sl local_address rem_address st tx:rx tr:tm retrnsmt uid timeout inode`, addresses in hex.
function parseSocketTable(text: string): Listener[] {
  return text.split('\n').flatMap((line) => {
    const fields = line.trim().split(/\s+/);
    const port = Number.parseInt(fields[1]?.split(':')[1] ?? '', 16);
    return fields[3] === listenState ? [{ port, inode: fields[9] ?? '' }] : [];
  });
}

function listPids(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

function holdsOneOf(pid: number, sockets: ReadonlySet<string>): boolean {
  const folder = `/proc/${pid}/fd`;
  try {
    return readdirSync(folder).some((fd) => sockets.has(readLink(`${folder}/${fd}`)));
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

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function readLink(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}
