// The configuration of a worktree, as tools ask for it. The YAML reader is loaded only where there is a file.
import type { LoadedConfig } from './load.ts';
import { findConfigFile } from './locate.ts';

export type { LoadedConfig };

/** The nearest obs.yaml from `cwd` up to the worktree's root, checked; defaults where there is none. */
export async function loadConfig(cwd: string, worktreeRoot: string): Promise<LoadedConfig> {
  const file = findConfigFile(cwd, worktreeRoot);
  const load = await import('./load.ts');
  return file === undefined ? load.makeDefaultConfig(worktreeRoot) : load.loadConfigFile(file, worktreeRoot);
}
