// Where obs.yaml is: upward from the current directory, but not above the root of the worktree, so that each package of
// a monorepo may have one.
import { statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { ObsError } from '../errors/obs-error.ts';

export const configFileName = 'obs.yaml';

/** Names that people try; refused with the right one, since a file that is silently not read is worse. */
const mistakenNames = ['obs.yml', '.obs.yaml', '.obs.yml'] as const;

/** Path of the nearest obs.yaml at or above `cwd`, up to `worktreeRoot`; undefined if there is none. */
export function findConfigFile(cwd: string, worktreeRoot: string): string | undefined {
  const inside = !relative(worktreeRoot, cwd).startsWith('..');
  for (let folder = inside ? cwd : worktreeRoot; ; folder = dirname(folder)) {
    const file = join(folder, configFileName);
    if (exists(file)) return file;
    for (const name of mistakenNames) {
      const found = join(folder, name);
      if (exists(found)) throw new ObsError('OBS_CONFIG_NAME', { found, wanted: file });
    }
    if (folder === worktreeRoot || folder === dirname(folder)) return undefined;
  }
}

function exists(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isFile() ?? false;
}
