// Trees of other users: git refuses them unless safe.directory names them, and so does obs.
import { statSync } from 'node:fs';
import { ObsError } from '../errors/obs-error.ts';
import { runGit } from './git-command.ts';

/**
 * Throws OBS_DUBIOUS_OWNERSHIP if tree or git directory belongs to someone else and git does not trust them either.
 * git is asked only in that rare case, because it alone knows all places of its configuration.
 */
export function failIfOwnershipDubious(path: string, gitDir: string): void {
  const user = process.getuid?.();
  if (user === undefined) return;
  const foreign = [path, gitDir].map((each) => statSync(each).uid).find((owner) => owner !== user);
  if (foreign === undefined) return;
  if (runGit(path, ['rev-parse', '--git-dir']) === undefined) {
    throw new ObsError('OBS_DUBIOUS_OWNERSHIP', { path, owner: foreign, user });
  }
}
