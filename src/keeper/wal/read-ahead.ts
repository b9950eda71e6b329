// Reads files one after the other, the next one while the one before is being used. Two buffers serve them all: fresh
// memory for each would cost more than reading them.
import { type FileHandle, open } from 'node:fs/promises';

/** The contents of each file, whole; valid until the next is asked for. @throws the system's error. */
export async function* readAhead(paths: readonly string[]): AsyncGenerator<Buffer, void> {
  const rooms: Buffer[] = [Buffer.alloc(0), Buffer.alloc(0)];
  const read = async (at: number): Promise<Buffer | undefined> => {
    const path = paths[at];
    if (path === undefined) return undefined;
    const room = rooms[at % 2]!; // there are two
    const bytes = await readWhole(path, room);
    if (bytes.length > room.length) rooms[at % 2] = bytes;
    return bytes;
  };
  let coming = read(0);
  for (let at = 0; at < paths.length; at++) {
    const bytes = await coming;
    coming = read(at + 1);
    coming.catch(() => undefined); // thrown when it is its turn; nobody waits for it before that
    if (bytes !== undefined) yield bytes;
  }
}

async function readWhole(path: string, room: Buffer): Promise<Buffer> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const target = size <= room.length ? room.subarray(0, size) : Buffer.allocUnsafeSlow(size);
    return target.subarray(0, await fill(file, target));
  } finally {
    await file.close();
  }
}

async function fill(file: FileHandle, target: Buffer): Promise<number> {
  let filled = 0;
  while (filled < target.length) {
    const { bytesRead } = await file.read(target, filled, target.length - filled, filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return filled;
}
