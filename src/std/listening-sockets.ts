// The TCP sockets on which something listens, from the socket tables of Linux.
import { readLinkIfThere, readTextIfThere } from './read-if-there.ts';

const listenState = '0A';

/** Port by inode of each listening socket of this machine; empty where the system keeps no such tables. */
export function readListeningSockets(): ReadonlyMap<string, number> {
  return new Map(['/proc/net/tcp', '/proc/net/tcp6'].flatMap((file) => parseSocketTable(readTextIfThere(file) ?? '')));
}

/** The inode of the socket behind an entry of `/proc/PID/fd`; undefined if it is no socket, or gone. */
export function readSocketInode(link: string): string | undefined {
  return /^socket:\[(\d+)\]$/.exec(readLinkIfThere(link) ?? '')?.[1];
}

// proc(5), /proc/net/tcp: `sl local_address rem_address st tx:rx tr:tm retrnsmt uid timeout inode`, addresses in hex.
function parseSocketTable(text: string): [inode: string, port: number][] {
  return text.split('\n').flatMap((line): [string, number][] => {
    const [, address, , state, , , , , , inode] = line.trim().split(/\s+/);
    if (state !== listenState || inode === undefined) return [];
    return [[inode, Number.parseInt(address?.split(':')[1] ?? '', 16)]];
  });
}
