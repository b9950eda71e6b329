// Warnings and infos that travel beside a result, in Prometheus's words. The same text is kept once, with the place that
// was added last.
import { formatGoGeneral, formatGoSignificant } from '../std/go-strconv.ts';
import type { Span } from './ast.ts';
import { describePlace } from './parse-error.ts';

export interface Annotation {
  readonly severity: 'warning' | 'info';
  readonly text: string;
  /** Makes the text more precise once all of the same text are known. */
  readonly monotonicity?: Monotonicity;
}

/** Where the counts of classic buckets had to be corrected. Times in milliseconds. */
interface Monotonicity {
  readonly minTimeMs: number;
  readonly maxTimeMs: number;
  readonly minBucket: number;
  readonly maxBucket: number;
  readonly maxDiff: number;
  readonly samples: number;
}

/** The annotations of one evaluation. */
export class Annotations {
  readonly #byText = new Map<string, { annotation: Annotation; span: Span }>();

  add(annotation: Annotation, span: Span): void {
    const present = this.#byText.get(annotation.text);
    const merged = present ? mergeAnnotations(present.annotation, annotation) : annotation;
    this.#byText.set(annotation.text, { annotation: merged, span });
  }

  /** All texts of a severity, each with its place in the query; at most `limit` and a note about the rest. */
  list(severity: Annotation['severity'], { query, limit }: { query: string; limit: number }): string[] {
    const found = [...this.#byText.values()].filter(({ annotation }) => annotation.severity === severity);
    const texts = found.slice(0, limit).map(({ annotation, span }) => {
      const detail = annotation.monotonicity ? describeMonotonicity(annotation.monotonicity) : '';
      return `${annotation.text}${detail} (${describePlace(query, span.start)})`;
    });
    const omitted = found.length - texts.length;
    return omitted > 0 ? [...texts, `${omitted} more ${severity} annotations omitted`] : texts;
  }
}

const warn = (text: string): Annotation => ({ severity: 'warning', text: `PromQL warning: ${text}` });
const inform = (text: string): Annotation => ({ severity: 'info', text: `PromQL info: ${text}` });
const quote = (text: string): string => JSON.stringify(text);

export type HistogramOperation = 'addition' | 'subtraction' | 'aggregation';

export const annotate = {
  invalidQuantile: (q: number) => warn(`quantile value should be between 0 and 1, got ${formatGoGeneral(q)}`),
  invalidRatio: (ratio: number, capped: number) =>
    warn(`ratio value should be between -1 and 1, got ${formatGoGeneral(ratio)}, capping to ${capped}`),
  badBucketLabel: (value: string) => warn(`bucket label "le" is missing or has a malformed value of ${quote(value)}`),
  mixedFloatsHistograms: (metric: string) =>
    warn(`encountered a mix of histograms and floats for metric name ${quote(metric)}`),
  mixedFloatsHistogramsAggregation: () => warn('encountered a mix of histograms and floats for aggregation'),
  mixedClassicNative: () => warn('vector contains a mix of classic and native histograms'),
  notCounter: (metric: string) => warn(`this native histogram metric is not a counter: ${quote(metric)}`),
  notGauge: (metric: string) => warn(`this native histogram metric is not a gauge: ${quote(metric)}`),
  mixedExponentialCustom: (metric: string) =>
    warn(
      `vector contains a mix of histograms with exponential and custom buckets schemas for metric name ${quote(metric)}`,
    ),
  incompatibleBucketLayout: (operator: string) =>
    warn(`incompatible bucket layout encountered for binary operator ${operator}`),
  sortInRangeQuery: () => warn('sort is ineffective for range queries since results are always ordered by labels'),
  resetCollision: (operation: HistogramOperation) => warn(`conflicting counter resets during histogram ${operation}`),
  possibleNonCounter: (metric: string) =>
    inform(`metric might not be a counter, name does not end in _total/_sum/_count/_bucket: ${quote(metric)}`),
  incompatibleTypes: (left: string, operator: string, right: string) =>
    inform(
      `incompatible sample types encountered for binary operator ${quote(operator)}: ${left} ${operator} ${right}`,
    ),
  histogramIgnored: (aggregation: string) => inform(`ignored histogram in ${aggregation} aggregation`),
  histogramIgnoredInRange: (metric: string) =>
    inform(`ignored histograms in a range containing both floats and histograms for metric name ${quote(metric)}`),
  quantileOfNaN: (metric: string) =>
    inform(`input to histogram_quantile has NaN observations, result is NaN${forMetric(metric)}`),
  quantileSkewedByNaN: (metric: string) =>
    inform(`input to histogram_quantile has NaN observations, result is skewed higher${forMetric(metric)}`),
  fractionWithNaN: (metric: string) =>
    inform(
      `input to histogram_fraction has NaN observations, which are excluded from all fractions${forMetric(metric)}`,
    ),
  boundsReconciled: (operation: HistogramOperation) =>
    inform(`mismatched custom buckets were reconciled during ${operation}`),
  forcedMonotonicity: (at: Omit<Monotonicity, 'samples' | 'minTimeMs' | 'maxTimeMs'> & { timeMs: number }) => ({
    ...inform(
      'input to histogram_quantile needed to be fixed for monotonicity (see https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile)',
    ),
    monotonicity: {
      minTimeMs: at.timeMs,
      maxTimeMs: at.timeMs,
      minBucket: at.minBucket,
      maxBucket: at.maxBucket,
      maxDiff: at.maxDiff,
      samples: 1,
    },
  }),
} as const;

function forMetric(metric: string): string {
  return metric === '' ? '' : ` for metric name ${quote(metric)}`;
}

function mergeAnnotations(old: Annotation, added: Annotation): Annotation {
  const a = old.monotonicity;
  const b = added.monotonicity;
  if (a === undefined || b === undefined) return added;
  return {
    ...added,
    monotonicity: {
      minTimeMs: Math.min(a.minTimeMs, b.minTimeMs),
      maxTimeMs: Math.max(a.maxTimeMs, b.maxTimeMs),
      minBucket: Math.min(a.minBucket, b.minBucket),
      maxBucket: Math.max(a.maxBucket, b.maxBucket),
      maxDiff: Math.max(a.maxDiff, b.maxDiff),
      samples: a.samples + b.samples,
    },
  };
}

function describeMonotonicity(m: Monotonicity): string {
  const time = (ms: number) => new Date(Math.trunc(ms / 1000) * 1000).toISOString().replace('.000Z', 'Z');
  const buckets = `from buckets ${formatGoGeneral(m.minBucket)} to ${formatGoGeneral(m.maxBucket)}`;
  const diff = `with a max diff of ${formatGoSignificant(m.maxDiff, 2)}`;
  return `, ${buckets}, ${diff}, over ${m.samples} samples from ${time(m.minTimeMs)} to ${time(m.maxTimeMs)}`;
}
