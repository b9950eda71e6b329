// Files that readers see whole or not at all, even when the writer is killed.
import { randomBytes } from 'node:crypto';
import { renameSync, rmSync, writeFileSync } from 'node:fs';

/** Writes a file through a neighbour and a rename; `mode` is that of the new file. */
export function writeFileAtomic(path: string, text: string | Uint8Array, { mode }: { readonly mode: number }): void {
  const temporary = `${path}.${process.pid}.${randomBytes(4).toString('hex')}.tmp`;
  try {
    writeFileSync(temporary, text, { mode, flag: 'wx' });
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}
