// What a state file means now. The file tells what its last writer knew; whether its processes still run is looked up.
import type { StackState } from '../model/stack-state.ts';
import { readKeeperMark } from '../runtimes/keeper-process.ts';
import { isRunning } from '../std/process-identity.ts';
import { isSameWorktree } from '../worktree/birth.ts';
import type { Worktree } from '../worktree/worktree.ts';
import type { StackPaths } from './paths.ts';

/**
 * absent: no state · starting: an `up` that lives is at it · running: a keeper that lives · stopping: a keeper that ends ·
 * stopped: ended in order, data kept · died: its keeper or its `up` was killed.
 */
export type StackCondition = 'absent' | 'starting' | 'running' | 'stopping' | 'stopped' | 'died';

/** What has become of the stack that a state file describes. */
export function judgeStack(state: StackState | undefined, paths: Pick<StackPaths, 'keeperMark'>): StackCondition {
  if (state === undefined) return 'absent';
  if (state.state === 'stopped') return 'stopped';
  const keeperRuns = state.keeper !== null && isRunning(state.keeper);
  if (state.state === 'stopping') return keeperRuns ? 'stopping' : 'stopped';
  if (state.starter !== null && isRunning(state.starter)) return 'starting';
  if (keeperRuns) return 'running';
  // The `up` was killed, but the keeper that it had spawned lives, and is about to take the stack over.
  const spawned = state.state === 'starting' ? readKeeperMark(paths.keeperMark) : undefined;
  return spawned !== undefined && isRunning(spawned) ? 'starting' : 'died';
}

/** Why the owner of a stack (real path, git directory, birth) is no more; undefined while it is. */
export function describeLostOwner(owner: Pick<StackState, 'worktree' | 'worktreeBirth'>): string | undefined {
  return isSameWorktree(owner.worktree, owner.worktreeBirth) ? undefined : 'its worktree is gone';
}

/** Whether the stack belongs to this very worktree, and not to one that was there before. */
export function isOwnedBy(state: StackState, worktree: Worktree): boolean {
  const { path, gitDir } = worktree;
  return state.worktree === path && state.gitDir === gitDir && isSameWorktree(path, state.worktreeBirth);
}
