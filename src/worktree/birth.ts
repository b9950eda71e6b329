// Tells a directory from another one that was later made at the same path, so that `rm -rf` and a new checkout do not
// inherit the stack of the old one.
import { statSync } from 'node:fs';

/** Inode, and birth time where the file system has one; undefined if there is no such directory. */
export function readWorktreeBirth(path: string): string | undefined {
  const stat = statSync(path, { throwIfNoEntry: false, bigint: true });
  if (stat === undefined || !stat.isDirectory()) return undefined;
  // A file system without birth times reports 0 or repeats the change time, which moves with every file made inside.
  const hasBirthTime = stat.birthtimeNs > 0n && stat.birthtimeNs !== stat.ctimeNs;
  return hasBirthTime ? `${stat.ino}:${stat.birthtimeNs}` : `${stat.ino}:`;
}

/** Whether a worktree that was born as `birth` is still the one at `path`. */
export function isSameWorktree(path: string, birth: string): boolean {
  const now = readWorktreeBirth(path);
  if (now === undefined) return false;
  const [inode, bornAt] = birth.split(':');
  const [inodeNow, bornAtNow] = now.split(':');
  // Birth and change time are equal in a directory that was never written to; then only the inode can be compared.
  return inode === inodeNow && (bornAt === '' || bornAtNow === '' || bornAt === bornAtNow);
}
