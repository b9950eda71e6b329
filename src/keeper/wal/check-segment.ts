// Reads a segment whole and checks it, in whatever thread this is done.
import { closeSync, openSync, readSync } from 'node:fs';
import { type Scan, scanFrames } from './frame.ts';

/** A segment in memory, valid until its room is used for the next one. */
export interface CheckedSegment {
  readonly bytes: Buffer;
  readonly scan: Scan;
}

/** Reads a segment into `room`, which is as large as it at least. @throws the system's error. */
export function checkSegment(path: string, room: Buffer): CheckedSegment {
  const fd = openSync(path, 'r');
  try {
    const bytes = room.subarray(0, fill(fd, room));
    return { bytes, scan: scanFrames(bytes) };
  } finally {
    closeSync(fd);
  }
}

function fill(fd: number, target: Buffer): number {
  let filled = 0;
  while (filled < target.length) {
    const read = readSync(fd, target, filled, target.length - filled, filled);
    if (read === 0) break;
    filled += read;
  }
  return filled;
}
