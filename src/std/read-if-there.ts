// Reads what may be missing or not ours to see, such as files of /proc and of a git dir.
import { readFileSync, readlinkSync } from 'node:fs';

/** The text of a file; undefined where there is none or it may not be read. */
export function readTextIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/** Where a symbolic link points; undefined where there is none or it may not be read. */
export function readLinkIfThere(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}
