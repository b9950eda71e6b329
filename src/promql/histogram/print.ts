// A native histogram as text, as Prometheus prints it: {count:3, sum:1.5, [-1,-0.5):1, (0.5,1]:2}.
import { formatGoGeneral } from '../../std/go-strconv.ts';
import { type Bucket, type FloatHistogram, getZeroBucket, listSide } from './float-histogram.ts';

export function printHistogram(h: FloatHistogram): string {
  const buckets = [...listSide(h, 'negative').reverse(), ...(h.zeroCount === 0 ? [] : [getZeroBucket(h)])];
  for (const bucket of listSide(h, 'positive')) buckets.push(bucket);
  const parts = buckets.filter((bucket) => bucket.count !== 0).map(printBucket);
  return `{${[`count:${formatGoGeneral(h.count)}`, `sum:${formatGoGeneral(h.sum)}`, ...parts].join(', ')}}`;
}

function printBucket({ lower, upper, lowerInclusive, upperInclusive, count }: Bucket): string {
  const bounds = `${formatGoGeneral(lower)},${formatGoGeneral(upper)}`;
  return `${lowerInclusive ? '[' : '('}${bounds}${upperInclusive ? ']' : ')'}:${formatGoGeneral(count)}`;
}
