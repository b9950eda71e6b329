// The end of a log file, for errors about the process that wrote it.
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

const readBytes = 16 * 1024;

/** The last lines of a file, oldest first; empty if it cannot be read. */
export function readLastLines(file: string, count: number): string[] {
  try {
    const text = readEnd(file);
    return text
      .split('\n')
      .filter((line) => line.trim() !== '')
      .slice(-count);
  } catch {
    return [];
  }
}

function readEnd(file: string): string {
  const handle = openSync(file, 'r');
  try {
    const { size } = fstatSync(handle);
    const buffer = Buffer.alloc(Math.min(size, readBytes));
    const length = readSync(handle, buffer, 0, buffer.length, size - buffer.length);
    return buffer.toString('utf8', 0, length);
  } finally {
    closeSync(handle);
  }
}
