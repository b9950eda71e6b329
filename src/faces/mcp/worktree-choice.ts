// Which worktree a call is about: the argument, the only root of the client, OBS_WORKTREE, the current directory.
// Several roots and no argument is an error, because a guess would answer about the wrong branch.
import { fileURLToPath } from 'node:url';
import { ObsError } from '../../errors/obs-error.ts';

export interface WorktreeHints {
  readonly argument: string | undefined;
  /** URIs as the client gave them; those that are no file: URI are left out. */
  readonly rootUris: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * The directory whose worktree is meant; undefined means the current directory.
 * @throws ObsError OBS_SEVERAL_ROOTS
 */
export function chooseWorktree(hints: WorktreeHints): string | undefined {
  if (hints.argument !== undefined) return hints.argument;
  const roots = [...new Set(hints.rootUris.flatMap(toPath))];
  if (roots.length > 1) throw new ObsError('OBS_SEVERAL_ROOTS', { roots });
  return roots[0] ?? (hints.env.OBS_WORKTREE || undefined);
}

function toPath(uri: string): string[] {
  try {
    return [fileURLToPath(uri)];
  } catch {
    return [];
  }
}
