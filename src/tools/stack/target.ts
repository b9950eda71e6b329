// Which worktree, state folder and configuration a tool call is about.
import type { LoadedConfig } from '../../config/config.ts';
import { openStateRoot } from '../../stack/state-root.ts';
import { findWorktree, type Worktree } from '../../worktree/worktree.ts';
import type { ToolContext } from '../tool.ts';

export interface Target {
  readonly worktree: Worktree;
  /** The state folder; made if need be. */
  readonly root: string;
}

/** The worktree that was named, else the one that contains the cwd. @throws OBS_STATE_NOT_WRITABLE, OBS_SANDBOXED */
export function findTarget(context: ToolContext): Target {
  return { worktree: findWorktree(context.worktree ?? context.cwd), root: openStateRoot(context.env) };
}

/** The obs.yaml that is in force: the nearest one from the named worktree, else from the cwd, upward. */
export async function loadTargetConfig(context: ToolContext, worktree: Worktree): Promise<LoadedConfig> {
  // Loaded here: verbs that need no configuration should not pay for its schema.
  const { loadConfig } = await import('../../config/config.ts');
  return loadConfig(context.worktree === undefined ? context.cwd : worktree.path, worktree.path);
}
