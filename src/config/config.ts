// The configuration of a worktree, as tools ask for it. The YAML reader is loaded only where there is a file.
import { findConfigFile } from './locate.ts';
import { configSchema, type ObsConfig } from './schema.ts';

export interface LoadedConfig {
  readonly config: ObsConfig;
  /** Absolute path; null when there is no file and everything is default. */
  readonly file: string | null;
  /** Folder that relative paths in the file start from; the worktree root when there is no file. */
  readonly folder: string;
  /** `obs.yaml:42` of each budget, in order, relative to the worktree root. */
  readonly budgetSources: readonly string[];
}

/** The nearest obs.yaml from `cwd` up to the worktree's root, checked; defaults where there is none. */
export async function loadConfig(cwd: string, worktreeRoot: string): Promise<LoadedConfig> {
  const file = findConfigFile(cwd, worktreeRoot);
  if (file !== undefined) return (await import('./load.ts')).loadConfigFile(file, worktreeRoot);
  return { config: configSchema.parse({}), file: null, folder: worktreeRoot, budgetSources: [] };
}
