// A stable pseudo-random place in [0, 1) for every label set, by which limit_ratio samples series. The hash need not be
// that of Prometheus; it has to be even, and complementary ratios have to add up.
import type { Labels } from '../labels.ts';

/** FNV-1a over the label set, spread by a finalizer so that similar sets land far apart. */
export function sampleOffset(labels: Labels): number {
  let hash = 0x811c9dc5;
  const { key } = labels;
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}
