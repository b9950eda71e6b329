// histogram_quantile, histogram_quantiles, histogram_fraction: over native histograms and, where `le` says so, classic ones.
import { formatGoGeneral } from '../../std/go-strconv.ts';
import { annotate } from '../annotations.ts';
import type { Span } from '../ast.ts';
import type { FloatHistogram } from '../histogram/float-histogram.ts';
import { bucketLabel, type Labels } from '../labels.ts';
import type { Scope } from '../selection/session.ts';
import { mergeSameLabels, StepSeries, slot } from '../values.ts';
import { argument, asVector, evaluateScalar, evaluateVector, readString } from './arguments.ts';
import { type ClassicBucket, findBucketFraction, findBucketQuantile, parseBucketBound } from './classic-buckets.ts';
import { findNativeFraction, findNativeQuantile } from './native-quantile.ts';
import type { VectorFunction } from './vector-functions.ts';

export const quantileFunctions = {
  histogram_quantile: async (scope, call) => {
    const q = await evaluateScalar(scope, call, 0);
    const input = await evaluateVector(scope, call, 1);
    noteInvalid(scope, q, argument(call, 0));
    return asVector(
      mergeSameLabels(evaluateHistograms(scope, { input, at: argument(call, 1), read: quantileReader(q) })),
    );
  },
  histogram_fraction: async (scope, call) => {
    const lower = await evaluateScalar(scope, call, 0);
    const upper = await evaluateScalar(scope, call, 1);
    const input = await evaluateVector(scope, call, 2);
    const bounds = (step: number) => ({ lower: lower[step] ?? 0, upper: upper[step] ?? 0 });
    const read: Reader = {
      native: (h, step, context) => findNativeFraction(bounds(step), h, context),
      classic: (buckets, step) => findBucketFraction(bounds(step).lower, bounds(step).upper, buckets),
    };
    return asVector(mergeSameLabels(evaluateHistograms(scope, { input, at: argument(call, 2), read })));
  },
  histogram_quantiles: async (scope, call) => {
    const input = await evaluateVector(scope, call);
    const label = readString(call, 1);
    const out: StepSeries[] = [];
    for (let i = 2; i < call.args.length; i++) {
      const q = await evaluateScalar(scope, call, i);
      noteInvalid(scope, q, argument(call, i));
      // Buckets are put right once for all quantiles, so it is told once.
      const read = quantileReader(q, { tellCorrections: i === 2 });
      const found = evaluateHistograms(scope, { input, at: argument(call, 0), read });
      out.push(...labelQuantiles(scope, { found, label, q }));
    }
    return asVector(mergeSameLabels(out));
  },
} satisfies Record<string, VectorFunction>;

/** How a number is got out of a histogram of either kind. */
interface Reader {
  readonly native: (h: FloatHistogram, step: number, context: NativeContext) => number;
  readonly classic: (buckets: readonly ClassicBucket[], step: number, context: ClassicContext) => number;
}

type NativeContext = Parameters<typeof findNativeQuantile>[2];

interface ClassicContext {
  readonly scope: Scope;
  readonly at: Span;
}

function quantileReader(q: Float64Array, { tellCorrections } = { tellCorrections: true }): Reader {
  return {
    native: (h, step, context) => findNativeQuantile(q[step] ?? Number.NaN, h, context),
    classic: (buckets, step, { scope, at }) => {
      const { value, correction } = findBucketQuantile(q[step] ?? Number.NaN, buckets);
      if (correction && tellCorrections) {
        const timeMs = scope.grid.startMs + step * scope.grid.stepMs;
        scope.session.annotations.add(annotate.forcedMonotonicity({ ...correction, timeMs }), at);
      }
      return value;
    },
  };
}

interface HistogramInput {
  readonly input: readonly StepSeries[];
  readonly at: Span;
  readonly read: Reader;
}

/** One output per native histogram and per family of classic buckets; where both are present at a step, neither counts. */
function evaluateHistograms(scope: Scope, { input, at, read }: HistogramInput): StepSeries[] {
  const families = groupClassic(scope, input, at);
  const out: StepSeries[] = [];
  for (const series of input) {
    if (series.histograms === undefined) continue;
    const family = families.get(series.labels.key);
    const result = new StepSeries(series.labels.dropMetricName(), scope.grid.count);
    const context: NativeContext = {
      metric: '',
      note: (annotation) => scope.session.annotations.add(annotation, at),
    };
    for (let step = 0; step < scope.grid.count; step++) {
      const histogram = series.histogramAt(step);
      if (histogram === undefined) continue;
      if (family && listBucketsAt(family, step).length > 0) {
        scope.session.annotations.add(annotate.mixedClassicNative(), at);
        family.mixedSteps.add(step);
      } else result.setFloat(step, read.native(histogram, step, context));
    }
    if (!result.isEmpty) out.push(result);
  }
  for (const family of families.values()) {
    const result = new StepSeries(family.labels.dropMetricName(), scope.grid.count);
    for (let step = 0; step < scope.grid.count; step++) {
      const buckets = listBucketsAt(family, step);
      if (buckets.length === 0 || family.mixedSteps.has(step)) continue;
      result.setFloat(step, read.classic(buckets, step, { scope, at }));
    }
    if (!result.isEmpty) out.push(result);
  }
  return out;
}

/** Series that differ in `le` only. */
interface Family {
  readonly labels: Labels;
  readonly members: { readonly upperBound: number; readonly series: StepSeries }[];
  readonly mixedSteps: Set<number>;
}

function groupClassic(scope: Scope, input: readonly StepSeries[], at: Span): Map<string, Family> {
  const families = new Map<string, Family>();
  for (const series of input) {
    if (!series.kinds.includes(slot.float)) continue;
    const text = series.labels.get(bucketLabel);
    const upperBound = parseBucketBound(text);
    if (upperBound === undefined) {
      scope.session.annotations.add(annotate.badBucketLabel(text), at);
      continue;
    }
    const labels = series.labels.drop([bucketLabel]);
    const family = families.get(labels.key) ?? { labels, members: [], mixedSteps: new Set<number>() };
    families.set(labels.key, family);
    family.members.push({ upperBound, series });
  }
  return families;
}

function listBucketsAt({ members }: Family, step: number): ClassicBucket[] {
  const buckets: ClassicBucket[] = [];
  for (const { upperBound, series } of members) {
    if (series.kinds[step] === slot.float) buckets.push({ upperBound, count: series.floats[step] ?? 0 });
  }
  return buckets;
}

function noteInvalid({ session }: Scope, q: Float64Array, at: Span): void {
  for (const value of q) {
    if (!(value >= 0 && value <= 1)) session.annotations.add(annotate.invalidQuantile(value), at);
  }
}

/** Puts each step's quantile into a label; the name is gone already. */
function labelQuantiles(
  { grid }: Scope,
  { found, label, q }: { found: readonly StepSeries[]; label: string; q: Float64Array },
): StepSeries[] {
  return found.flatMap((series) => {
    const outputs = new Map<string, StepSeries>();
    for (let step = 0; step < grid.count; step++) {
      if (series.kinds[step] === slot.empty) continue;
      const labels = series.labels.with([[label, formatOpenMetrics(q[step] ?? Number.NaN)]]);
      const output = outputs.get(labels.key) ?? new StepSeries(labels, grid.count);
      outputs.set(labels.key, output);
      output.copySlot(series, step);
    }
    return [...outputs.values()];
  });
}

// OpenMetrics writes whole numbers with a decimal.
function formatOpenMetrics(value: number): string {
  const text = formatGoGeneral(value);
  return /^-?\d+$/.test(text) ? `${text}.0` : text;
}
