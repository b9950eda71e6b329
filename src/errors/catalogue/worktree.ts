// Finding the worktree that a command is about.
import { entry } from '../entry.ts';
import { quoteForShell } from '../quote.ts';

export const worktreeErrors = {
  OBS_WORKTREE_MISSING: entry<{ path: string }>({
    exit: 2,
    what: (d) => `There is no directory ${d.path}.`,
    why: () => 'A stack belongs to a directory that exists; this one was removed, renamed or misspelt.',
    fix: () => 'obs ps',
  }),
  OBS_BARE_REPOSITORY: entry<{ gitDir: string; worktrees: readonly string[] }>({
    exit: 2,
    what: (d) => `${d.gitDir} is a bare repository, and a bare repository has no worktree of its own.`,
    why: (d) =>
      d.worktrees.length === 0
        ? 'A stack belongs to a checked-out tree, and none is checked out yet.'
        : `A stack belongs to a checked-out tree. Its worktrees are:\n${d.worktrees.map((path) => `  ${path}`).join('\n')}`,
    fix: (d) =>
      d.worktrees[0] === undefined
        ? `git -C ${quoteForShell(d.gitDir)} worktree add ../work`
        : `obs up --worktree ${quoteForShell(d.worktrees[0])}`,
  }),
  OBS_INSIDE_GIT_DIR: entry<{ cwd: string; gitDir: string; worktree: string | null }>({
    exit: 2,
    what: (d) => `${d.cwd} is inside the git directory ${d.gitDir}, not inside a worktree.`,
    why: () => 'git keeps its own files there; a stack belongs to the tree that is checked out.',
    fix: (d) => (d.worktree === null ? 'obs ps' : `obs up --worktree ${quoteForShell(d.worktree)}`),
  }),
  OBS_DUBIOUS_OWNERSHIP: entry<{ path: string; owner: number; user: number }>({
    exit: 4,
    what: (d) => `${d.path} belongs to user ${d.owner}, but you are user ${d.user}, and git does not trust it.`,
    why: () =>
      'obs starts what the tree says (obs.yaml), so it trusts no tree that git itself refuses (safe.directory).',
    fix: (d) => `git config --global --add safe.directory ${quoteForShell(d.path)}`,
  }),
  OBS_DANGLING_GIT_FILE: entry<{ gitFile: string; target: string; main: string | null }>({
    exit: 2,
    what: (d) => `${d.gitFile} points to ${d.target}, which does not exist.`,
    why: () => 'The main repository was moved or removed, or this worktree was pruned.',
    fix: (d) =>
      d.main === null ? `cat ${quoteForShell(d.gitFile)}` : `git -C ${quoteForShell(d.main)} worktree repair`,
  }),
  OBS_BROKEN_GIT_FILE: entry<{ gitFile: string }>({
    exit: 2,
    what: (d) => `${d.gitFile} is not a git directory, and no file that points to one.`,
    why: () => 'A .git file holds one line: gitdir: PATH.',
    fix: (d) => `cat ${quoteForShell(d.gitFile)}`,
  }),
};
