// From a directory to the worktree that a stack belongs to. Reads git's own files instead of running git: that takes
// under a millisecond, and GIT_DIR and GIT_WORK_TREE of a hook cannot lead astray.
import { realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { ObsError } from '../errors/obs-error.ts';
import { readWorktreeBirth } from './birth.ts';
import { askGitForHead } from './git-command.ts';
import {
  findCommonDir,
  isBare,
  isGitDir,
  isLinkedGitDir,
  listLinkedWorktrees,
  readGitFile,
  readHead,
  usesRefTable,
} from './git-dir.ts';
import { failIfOwnershipDubious } from './ownership.ts';
import { isSubmodule } from './submodule.ts';

/** One checked-out tree, or outside git a plain directory. Path and git directory together are the owner of a stack. */
export interface Worktree {
  /** Real path, without symbolic links. */
  readonly path: string;
  /** Real path of the git directory of this very tree; null outside git. */
  readonly gitDir: string | null;
  /** null when detached or outside git. */
  readonly branch: string | null;
  /** null before the first commit or outside git. */
  readonly commit: string | null;
  /** Changes when the directory is made anew at the same path. */
  readonly birth: string;
}

/**
 * The worktree that contains `cwd`; a submodule belongs to its superproject; outside git the directory itself.
 * Refuses bare repositories, the inside of a git directory, trees that git does not trust, and dangling `.git` files.
 */
export function findWorktree(cwd: string): Worktree {
  const start = realDirectory(cwd);
  const found = findTree(start);
  if (found === undefined) return { path: start, gitDir: null, branch: null, commit: null, birth: birthOf(start) };
  const { path, gitDir } = climbOutOfSubmodules(found);
  failIfOwnershipDubious(path, gitDir);
  const head = usesRefTable(gitDir) ? askGitForHead(path) : readHead(gitDir);
  return { path, gitDir, ...head, birth: birthOf(path) };
}

interface Tree {
  readonly path: string;
  readonly gitDir: string;
}

/** The nearest directory at or above `start` that has a `.git` entry. */
function findTree(start: string): Tree | undefined {
  for (let path = start; ; path = dirname(path)) {
    const tree = readTree(path);
    if (tree !== undefined) return tree;
    if (isGitDir(path)) return refuseGitDir(start, path);
    if (path === dirname(path)) return undefined;
  }
}

function readTree(path: string): Tree | undefined {
  const entry = join(path, '.git');
  const kind = statSync(entry, { throwIfNoEntry: false });
  if (kind === undefined) return undefined;
  // An empty or foreign directory called .git is no repository for git either: it looks further up.
  if (kind.isDirectory()) return isGitDir(entry) ? refuseBare({ path, gitDir: realpathSync(entry) }) : undefined;
  const target = readGitFile(entry);
  if (target === undefined) throw new ObsError('OBS_BROKEN_GIT_FILE', { gitFile: entry });
  if (!isGitDir(target)) throw new ObsError('OBS_DANGLING_GIT_FILE', { gitFile: entry, target, main: mainOf(target) });
  return refuseBare({ path, gitDir: realpathSync(target) });
}

/** The main repository of a linked git directory that is gone, if at least that still exists. */
function mainOf(target: string): string | null {
  const commonDir = dirname(dirname(target));
  return basename(dirname(target)) === 'worktrees' && isGitDir(commonDir) ? commonDir : null;
}

function refuseBare(tree: Tree): Tree {
  // core.bare in a shared configuration speaks of the main repository, not of its linked worktrees.
  if (isLinkedGitDir(tree.gitDir) || !isBare(tree.gitDir)) return tree;
  throw new ObsError('OBS_BARE_REPOSITORY', { gitDir: tree.gitDir, worktrees: listLinkedWorktrees(tree.gitDir) });
}

function refuseGitDir(cwd: string, gitDir: string): never {
  const commonDir = realpathSync(findCommonDir(gitDir));
  const inMain = gitDir === commonDir;
  if (inMain && isBare(commonDir)) {
    throw new ObsError('OBS_BARE_REPOSITORY', { gitDir, worktrees: listLinkedWorktrees(commonDir) });
  }
  const worktree = basename(commonDir) === '.git' && !isBare(commonDir) ? dirname(commonDir) : null;
  throw new ObsError('OBS_INSIDE_GIT_DIR', { cwd, gitDir: commonDir, worktree });
}

function climbOutOfSubmodules(tree: Tree): Tree {
  for (let inner = tree; ; ) {
    const outer = findOuterTree(inner.path);
    if (outer === undefined || !isSubmodule(outer.path, relative(outer.path, inner.path), inner.gitDir)) return inner;
    inner = outer;
  }
}

function findOuterTree(path: string): Tree | undefined {
  if (dirname(path) === path) return undefined;
  try {
    return findTree(dirname(path));
  } catch (error) {
    // What is wrong with a tree further up (bare, dangling) is no trouble of the one that was found.
    if (error instanceof ObsError) return undefined;
    throw error;
  }
}

function realDirectory(cwd: string): string {
  const path = resolve(cwd);
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) throw new ObsError('OBS_WORKTREE_MISSING', { path });
  return realpathSync(path);
}

function birthOf(path: string): string {
  const birth = readWorktreeBirth(path);
  if (birth === undefined) throw new ObsError('OBS_WORKTREE_MISSING', { path });
  return birth;
}
