// The place in [0, 1) of every label set, by which limit_ratio samples series. The same hash as Prometheus's, so that the
// same series are picked.
import { hashXx64 } from '../../std/xxhash64.ts';
import type { Labels } from '../labels.ts';

/** Sizes below this take one byte in Prometheus's encoding of label sets, larger ones four. */
const longSize = 255;

/** The hash of a label set as a share of the largest hash. */
export function sampleOffset(labels: Labels): number {
  const parts = [...labels].flat().flatMap((text) => {
    const bytes = Buffer.from(text);
    return [encodeSize(bytes.length), bytes];
  });
  return Number(hashXx64(Buffer.concat(parts))) / 2 ** 64;
}

function encodeSize(size: number): Buffer {
  return size < longSize ? Buffer.from([size]) : Buffer.from([longSize, size & 255, (size >> 8) & 255, size >> 16]);
}
