// OTLP exponential histograms → native histograms.
import {
  type Buckets,
  emptyHistogram,
  type FloatHistogram,
  noBuckets,
} from '../../../promql/histogram/float-histogram.ts';
import type { ExponentialBuckets, ExponentialHistogramDataPoint } from '../../../wire/otlp/types.ts';

export const schemaRange = { min: -4, max: 8 } as const;

// OTLP has no usable zero threshold, so Prometheus takes one close to nothing.
const zeroThreshold = 1e-128;

/** Translates a data point; scales above 8 are merged down. The scale must not be below -4. */
export function translateExponential(point: ExponentialHistogramDataPoint): FloatHistogram {
  const schema = Math.min(point.scale, schemaRange.max);
  const scaleDown = point.scale - schema;
  return {
    ...emptyHistogram,
    schema,
    zeroThreshold,
    zeroCount: point.zeroCount,
    count: point.count,
    sum: point.sum ?? 0,
    positive: translateBuckets(point.positive, scaleDown),
    negative: translateBuckets(point.negative, scaleDown),
  };
}

// Index 0 is (1, base] in OTLP and (1/base, 1] in Prometheus. Empty buckets need not be listed.
function translateBuckets(buckets: ExponentialBuckets | undefined, scaleDown: number): Buckets {
  if (buckets === undefined) return noBuckets;
  const indexes: number[] = [];
  const counts: number[] = [];
  buckets.bucketCounts.forEach((count, i) => {
    if (count === 0) return;
    const index = Math.floor((buckets.offset + i) / 2 ** scaleDown) + 1;
    const last = indexes.length - 1;
    if (indexes[last] === index) counts[last] = (counts[last] ?? 0) + count;
    else {
      indexes.push(index);
      counts.push(count);
    }
  });
  return { indexes, counts };
}
