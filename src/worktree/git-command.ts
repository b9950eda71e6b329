// Running git, for the few questions that its files do not answer: trust in foreign trees, and reftable repositories.
import { spawnSync } from 'node:child_process';

const timeoutMs = 5000;

/** Output of git in a directory, without the GIT_* variables of a hook; undefined if it failed or is not installed. */
export function runGit(cwd: string, args: readonly string[]): string | undefined {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^GIT_(?!CONFIG)/.test(name)));
  const done = spawnSync('git', args, { cwd, env, encoding: 'utf8', timeout: timeoutMs });
  return done.status === 0 ? done.stdout.trim() : undefined;
}

/** Branch and commit as git tells them. */
export function askGitForHead(path: string): { branch: string | null; commit: string | null } {
  return {
    branch: runGit(path, ['symbolic-ref', '--short', '-q', 'HEAD']) ?? null,
    commit: runGit(path, ['rev-parse', '-q', '--verify', 'HEAD']) ?? null,
  };
}
