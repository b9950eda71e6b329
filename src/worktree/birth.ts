// Tells a directory from another one that was later made at the same path, so that `rm -rf` and a new checkout do not
// inherit the stack of the old one. A wrong "this is another one" costs a stack its data, so only what a file system is
// known to keep constant counts; on the others a worktree is the same as long as it is there.
import { statfsSync, statSync } from 'node:fs';

/** statfs(2) types on which inode and birth time of a directory stay the same for its life. */
const steadyFileSystems = new Set([
  0xef53, // ext2, ext3, ext4
  0x58465342, // xfs
  0x9123683e, // btrfs
  0x01021994, // tmpfs
  0xf2f52010, // f2fs
  0x2fc12fc1, // zfs
]);

/** overlayfs keeps the inode of a directory, but copies it with a new birth time when something is first written in it. */
const overlayFileSystem = 0x794c7630;

/** `INODE:BIRTH`, either part empty where it cannot be relied on; undefined if there is no such directory. */
export function readWorktreeBirth(path: string): string | undefined {
  const stat = statSync(path, { throwIfNoEntry: false, bigint: true });
  if (stat === undefined || !stat.isDirectory()) return undefined;
  const kind = process.platform === 'linux' ? statfsSync(path).type : undefined;
  const isSteady = kind === undefined || steadyFileSystems.has(kind);
  // Where there is no birth time, the change time is reported for it, or 0; that one moves with every file made inside.
  const hasBirthTime = isSteady && stat.birthtimeNs > 0n && stat.birthtimeNs !== stat.ctimeNs;
  const hasInode = isSteady || kind === overlayFileSystem;
  return `${hasInode ? stat.ino : ''}:${hasBirthTime ? stat.birthtimeNs : ''}`;
}

/** Whether a worktree that was born as `birth` is still the one at `path`. */
export function isSameWorktree(path: string, birth: string): boolean {
  const now = readWorktreeBirth(path);
  if (now === undefined) return false;
  const [inode, bornAt] = birth.split(':');
  const [inodeNow, bornAtNow] = now.split(':');
  return isEqualIfKnown(inode, inodeNow) && isEqualIfKnown(bornAt, bornAtNow);
}

function isEqualIfKnown(before: string | undefined, now: string | undefined): boolean {
  return !before || !now || before === now;
}
