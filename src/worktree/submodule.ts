// Whether a tree found inside another one is a submodule of it, and not just a repository that lies there.
import { readFileSync } from 'node:fs';
import { join, sep } from 'node:path';

/** True if `.gitmodules` of the outer tree names the path, or git keeps the inner git directory among its modules. */
export function isSubmodule(outer: string, path: string, innerGitDir: string): boolean {
  if (innerGitDir.includes(`${sep}modules${sep}`) && innerGitDir.includes(`${sep}.git${sep}`)) return true;
  return readModulePaths(join(outer, '.gitmodules')).includes(path);
}

function readModulePaths(file: string): string[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return [];
  }
  return [...text.matchAll(/^\s*path\s*=\s*"?(.*?)"?\s*$/gm)].map((match) => match[1] ?? '');
}
