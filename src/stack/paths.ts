// Where the files of one stack lie below the state folder.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

export interface StackPaths {
  readonly dir: string;
  readonly stateFile: string;
  readonly keeperLog: string;
  /** The mark of a keeper that was spawned but has not yet written itself into the state file. */
  readonly keeperMark: string;
}

export function makeStackPaths(root: string, stackId: string): StackPaths {
  const dir = join(root, 'stacks', stackId);
  return {
    dir,
    stateFile: join(dir, 'state.json'),
    keeperLog: join(dir, 'keeper.log'),
    keeperMark: join(dir, 'keeper.mark.json'),
  };
}

/** Ids of all stacks that have a folder. */
export function listStackIds(root: string): string[] {
  try {
    return readdirSync(join(root, 'stacks')).filter((name) => /^[0-9a-f]{12}$/.test(name));
  } catch {
    return [];
  }
}
