// A stack must not outlive its worktree. Asked every few seconds: watches of the file system miss mounts and cost handles.
import { isSameWorktree } from '../../worktree/birth.ts';

const everyMs = 2_000;
/** Editors and git replace directories by renaming; only a worktree that stays away is gone. */
const missesUntilGone = 2;

/** Calls `onGone` once, when the directory is missing or another one stands in its place. Returns what ends the watch. */
export function watchWorktree(worktree: string, birth: string, onGone: () => void): () => void {
  let misses = 0;
  const timer = setInterval(() => {
    misses = isSameWorktree(worktree, birth) ? 0 : misses + 1;
    if (misses < missesUntilGone) return;
    clearInterval(timer);
    onGone();
  }, everyMs).unref();
  return () => clearInterval(timer);
}
