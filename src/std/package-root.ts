// Where this package lies, whether its code runs from src/ or bundled from dist/.
import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Absolute path of a built file, such as `keeper.js`, in the package's dist/ folder. */
export function findDistFile(name: string): string {
  return findPackageFile(join('dist', name));
}

/** Absolute path of a file that comes with the package, such as `compose/loki.yaml`. */
export function findPackageFile(path: string): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  // dist/ has a package.json of its own, which only says how Node is to read its files.
  while (basename(folder) === 'dist' || !existsSync(join(folder, 'package.json'))) {
    if (folder === dirname(folder)) throw new Error(`no package.json above ${fileURLToPath(import.meta.url)}`);
    folder = dirname(folder);
  }
  return join(folder, path);
}
