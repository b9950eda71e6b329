// Did a counter restart between two native histograms?
import { reduceResolution, widenZeroBucket } from './combine.ts';
import {
  type Buckets,
  equalLists,
  type FloatHistogram,
  getExponentialBound,
  usesCustomBuckets,
} from './float-histogram.ts';

/** True if `h` lost observations compared to `previous`, or cannot be its continuation. A hint decides at once. */
export function detectReset(h: FloatHistogram, previous: FloatHistogram): boolean {
  if (h.hint === 'reset') return true;
  if (h.hint === 'not_reset') return false;
  if (h.count < previous.count) return true;
  if (usesCustomBuckets(h)) {
    if (!usesCustomBuckets(previous)) return true;
    return equalLists(h.customValues, previous.customValues)
      ? hasFallen(h.positive, previous.positive)
      : hasFallenAcrossBounds(h, previous);
  }
  // Finer buckets and narrower zero buckets come with a restart only.
  if (h.schema > previous.schema || h.zeroThreshold < previous.zeroThreshold) return true;
  const zero = widenZeroBucket(previous, h.zeroThreshold);
  if (zero.threshold !== h.zeroThreshold || h.zeroCount < zero.zeroCount) return true;
  return (['positive', 'negative'] as const).some((side) =>
    hasFallen(cutZero(h, h[side]), cutZero(h, reduceResolution(previous[side], previous.schema, h.schema))),
  );
}

function cutZero({ schema, zeroThreshold }: FloatHistogram, buckets: Buckets): Buckets {
  if (zeroThreshold === 0) return buckets;
  const from = buckets.indexes.findIndex((index) => getExponentialBound(index, schema) > zeroThreshold);
  if (from === 0) return buckets;
  const start = from === -1 ? buckets.indexes.length : from;
  return { indexes: buckets.indexes.slice(start), counts: buckets.counts.slice(start) };
}

/** Is any bucket smaller than before, or gone though it was populated? */
function hasFallen(now: Buckets, before: Buckets): boolean {
  let at = 0;
  return before.indexes.some((index, i) => {
    while ((now.indexes[at] ?? Number.POSITIVE_INFINITY) < index) at++;
    const count = before.counts[i] ?? 0;
    return now.indexes[at] === index ? (now.counts[at] ?? 0) < count : count !== 0;
  });
}

/** The same for custom bounds that differ: compared between the bounds both have. */
function hasFallenAcrossBounds(h: FloatHistogram, previous: FloatHistogram): boolean {
  const theirs = new Set(previous.customValues);
  const shared = [...h.customValues.filter((bound) => theirs.has(bound)), Number.POSITIVE_INFINITY];
  const now = sumBetween(h, shared);
  const before = sumBetween(previous, shared);
  return shared.some((_, i) => (now[i] ?? 0) < (before[i] ?? 0));
}

function sumBetween({ positive, customValues }: FloatHistogram, bounds: readonly number[]): number[] {
  const sums = bounds.map(() => 0);
  positive.indexes.forEach((index, i) => {
    const upper = customValues[index] ?? Number.POSITIVE_INFINITY;
    const slot = bounds.findIndex((bound) => upper <= bound);
    sums[slot] = (sums[slot] ?? 0) + (positive.counts[i] ?? 0);
  });
  return sums;
}
