// Reading a git directory without running git: what a `.git` entry points to, whether it is bare, what is checked out.
// Follows gitrepository-layout(5), git-worktree(1) and gitsubmodules(7).
import { readdirSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { readTextIfThere } from '../std/read-if-there.ts';

/** The path that a `.git` file names; undefined if the file has not the form `gitdir: PATH`. */
export function readGitFile(gitFile: string): string | undefined {
  const target = /^gitdir: (.+?)\s*$/.exec(readTextIfThere(gitFile) ?? '')?.[1];
  return target === undefined ? undefined : resolve(dirname(gitFile), target);
}

/** Whether a directory has the files that make it a git directory (of a whole repository or of a linked worktree). */
export function isGitDir(path: string): boolean {
  if (!isFile(join(path, 'HEAD'))) return false;
  return isFile(join(path, 'commondir')) || (isDirectory(join(path, 'objects')) && isDirectory(join(path, 'refs')));
}

/** Git directory of a linked worktree, as opposed to that of a main worktree or a submodule. */
export function isLinkedGitDir(gitDir: string): boolean {
  return isFile(join(gitDir, 'commondir'));
}

/** The directory that all worktrees of the repository share (refs, objects, config). */
export function findCommonDir(gitDir: string): string {
  const text = readTextIfThere(join(gitDir, 'commondir'))?.trim();
  if (text === undefined || text === '') return gitDir;
  return isAbsolute(text) ? text : resolve(gitDir, text);
}

/** `core.bare` of a main git directory; `config.worktree` has the last word where it exists. */
export function isBare(gitDir: string): boolean {
  let bare = false;
  for (const name of ['config', 'config.worktree']) {
    const value = readCoreBare(readTextIfThere(join(gitDir, name)) ?? '');
    if (value !== undefined) bare = value;
  }
  return bare;
}

/** Directories of the linked worktrees of a repository, those that are gone left out. */
export function listLinkedWorktrees(commonDir: string): string[] {
  const folder = join(commonDir, 'worktrees');
  return listNames(folder).flatMap((name) => {
    const gitFile = readTextIfThere(join(folder, name, 'gitdir'))?.trim();
    if (gitFile === undefined) return [];
    const worktree = dirname(resolve(folder, name, gitFile));
    return isDirectory(worktree) ? [worktree] : [];
  });
}

/** Branch (null when detached) and commit (null before the first one) of a git directory. */
export function readHead(gitDir: string): { branch: string | null; commit: string | null } {
  const head = readTextIfThere(join(gitDir, 'HEAD'))?.trim() ?? '';
  const ref = /^ref: (.+)$/.exec(head)?.[1];
  if (ref === undefined) return { branch: null, commit: /^[0-9a-f]{40,64}$/.test(head) ? head : null };
  return { branch: ref.replace(/^refs\/heads\//, ''), commit: readRef(findCommonDir(gitDir), ref) };
}

/** reftable repositories keep their refs in a binary table; HEAD then holds only a stub. */
export function usesRefTable(gitDir: string): boolean {
  return isDirectory(join(findCommonDir(gitDir), 'reftable'));
}

function readRef(commonDir: string, ref: string): string | null {
  const loose = readTextIfThere(join(commonDir, ref))?.trim();
  if (loose !== undefined && /^[0-9a-f]{40,64}$/.test(loose)) return loose;
  const packed = readTextIfThere(join(commonDir, 'packed-refs')) ?? '';
  const end = packed.indexOf(` ${ref}\n`);
  return end === -1 ? null : packed.slice(packed.lastIndexOf('\n', end) + 1, end);
}

function readCoreBare(config: string): boolean | undefined {
  let section = '';
  let bare: boolean | undefined;
  for (const line of config.split('\n')) {
    section = /^\s*\[\s*([\w.-]+)\s*\]/.exec(line)?.[1]?.toLowerCase() ?? (/^\s*\[/.test(line) ? '' : section);
    const value = /^\s*(?:\[[^\]]*\]\s*)?bare\s*(?:=\s*(\w*))?/i.exec(line);
    if (section === 'core' && value !== null) bare = /^(?:true|yes|on|1)$/i.test(value[1] ?? 'true');
  }
  return bare;
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function listNames(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
