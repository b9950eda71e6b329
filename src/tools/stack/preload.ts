// What is loaded into apps: the preload of Node, and where other languages find theirs.
import { dirname, join } from 'node:path';
import type { Depot } from '../../app/languages/language.ts';
import { findDistFile } from '../../std/package-root.ts';

/** Absolute path of the built preload. */
export function findPreload(): string {
  return findDistFile('preload/entry.cjs');
}

/** Where `obs run --install` puts what apps lack, beside the stacks below `root`, and what comes with obs. */
export function makeDepot(root: string): Depot {
  return { folder: join(root, 'instrumentation'), dist: dirname(dirname(findPreload())) };
}
