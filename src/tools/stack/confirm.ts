// Verbs that reach beyond one worktree ask the person at the terminal, and without one want --yes.
import { ObsError } from '../../errors/obs-error.ts';
import type { ToolContext } from '../tool.ts';

export interface Confirmation {
  /** `--yes` was given. */
  readonly yes: boolean;
  /** What the verb would do: `stop 3 stacks`. */
  readonly would: string;
  /** The command that was given, without `--yes`. */
  readonly command: string;
}

/** Returns once the person, or `--yes`, agrees. @throws OBS_NOT_CONFIRMED */
export async function requireConfirmation(
  { ask }: Pick<ToolContext, 'ask'>,
  { yes, would, command }: Confirmation,
): Promise<void> {
  if (yes || (await ask?.(`This would ${would}. Go on?`))) return;
  throw new ObsError('OBS_NOT_CONFIRMED', { would, command });
}
