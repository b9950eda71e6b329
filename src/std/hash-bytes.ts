// The hash of the tables whose keys are byte ranges. Its start differs in each process: keys of hostile telemetry cannot be
// made to collide beforehand.
import { randomInt } from 'node:crypto';

const processSeed = randomInt(2 ** 32);

/** A hash of 32 bits of `bytes[start … end)` under a seed. */
export function hashBytes(seed: number, bytes: Uint8Array, start: number, end: number): number {
  let hash = Math.imul(seed ^ processSeed ^ (end - start), 0x9e3779b1);
  let at = start;
  // Every index is below end, which is within the bytes.
  for (; at + 4 <= end; at += 4) {
    const word = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
    hash = Math.imul((hash ^ word) | 0, 0x01000193);
    hash ^= hash >>> 15;
  }
  for (; at < end; at++) hash = Math.imul(hash ^ bytes[at]!, 0x01000193);
  hash ^= hash >>> 13;
  return Math.imul(hash, 0x5bd1e995) ^ (hash >>> 16);
}
