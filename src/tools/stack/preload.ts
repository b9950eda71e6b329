// The file that NODE_OPTIONS loads into Node apps.
import { findDistFile } from '../../std/package-root.ts';

/** Absolute path of the built preload. */
export function findPreload(): string {
  return findDistFile('preload/entry.cjs');
}
