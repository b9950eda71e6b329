// The last lines that a container wrote, for errors about it.
import type Docker from 'dockerode';

const shownLines = 10;
const maxLineLength = 500;

/** Oldest first; empty if the engine does not give them. */
export async function readLastLogLines(docker: Docker, id: string): Promise<string[]> {
  try {
    const frames = await docker.getContainer(id).logs({ stdout: true, stderr: true, tail: shownLines });
    return joinFrames(frames)
      .split('\n')
      .filter((line) => line.trim() !== '')
      .slice(-shownLines)
      .map((line) => line.slice(0, maxLineLength));
  } catch {
    return [];
  }
}

/**
 * The text of a log without terminal: frames of a stream number, three zeros, a length of four bytes, and the bytes.
 * https://docs.docker.com/reference/api/engine/#tag/Container/operation/ContainerAttach
 */
export function joinFrames(frames: Buffer): string {
  const pieces: Buffer[] = [];
  for (let at = 0; at + 8 <= frames.length; ) {
    const length = frames.readUInt32BE(at + 4);
    pieces.push(frames.subarray(at + 8, at + 8 + length));
    at += 8 + length;
  }
  return Buffer.concat(pieces).toString('utf8');
}
