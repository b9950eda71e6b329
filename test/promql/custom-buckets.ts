// `load_with_nhcb`: classic histograms are also loaded as native ones with custom buckets.
import { customSchema, emptyHistogram, type FloatHistogram } from '../../src/promql/histogram/float-histogram.ts';
import { bucketLabel, type Labels, metricNameLabel } from '../../src/promql/labels.ts';
import { parseGoFloat } from '../../src/std/go-strconv.ts';
import type { SeriesDescription } from './series-description.ts';

interface Classic {
  readonly buckets: Map<number, number>;
  count: number | undefined;
  sum: number;
}

/** Native series made of the classic ones, by step. */
export function convertToCustomBuckets(series: readonly SeriesDescription[]): SeriesDescription[] {
  const families = new Map<string, { labels: Labels; steps: Map<number, Classic> }>();
  for (const { labels, values } of series) {
    const found = /^(.*)_(bucket|count|sum)$/.exec(labels.get(metricNameLabel));
    if (found === null) continue;
    const [, base = '', part] = found;
    const bound = parseGoFloat(labels.get(bucketLabel));
    if (part === 'bucket' && (typeof bound !== 'number' || Number.isNaN(bound))) continue;
    const key = labels.drop([bucketLabel]).with([[metricNameLabel, base]]);
    const family = families.get(key.key) ?? { labels: key, steps: new Map<number, Classic>() };
    families.set(key.key, family);
    values.forEach((value, step) => {
      if (value.kind !== 'float') return;
      const classic = family.steps.get(step) ?? { buckets: new Map(), count: undefined, sum: 0 };
      family.steps.set(step, classic);
      if (part === 'bucket') classic.buckets.set(bound as number, value.value);
      else if (part === 'count') classic.count = value.value;
      else classic.sum = value.value;
    });
  }
  return [...families.values()].map(({ labels, steps }) => ({
    labels,
    values: Array.from({ length: Math.max(...steps.keys()) + 1 }, (_, step) => {
      const classic = steps.get(step);
      return classic ? { kind: 'histogram', histogram: convert(classic), setsHint: false } : { kind: 'none' };
    }),
  }));
}

function convert({ buckets, count, sum }: Classic): FloatHistogram {
  const sorted = [...buckets].sort(([a], [b]) => a - b);
  const finite = sorted.filter(([bound]) => bound !== Number.POSITIVE_INFINITY);
  const total = count ?? buckets.get(Number.POSITIVE_INFINITY) ?? sorted.at(-1)?.[1] ?? 0;
  const cumulative = [...finite.map(([, value]) => value), total];
  const counts = cumulative.map((value, i) => value - (cumulative[i - 1] ?? 0));
  const used = counts.map((_, i) => i).filter((i) => counts[i] !== 0);
  return {
    ...emptyHistogram,
    schema: customSchema,
    count: total,
    sum,
    customValues: finite.map(([bound]) => bound),
    positive: { indexes: used, counts: used.map((i) => counts[i] ?? 0) },
  };
}
