// What the evaluator needs of a store: the samples of the series that match, in a time range.
import type { FloatHistogram } from './histogram/float-histogram.ts';
import type { Labels } from './labels.ts';
import type { Matcher } from './matcher.ts';

/** What a sample is. A stale mark says that the series ended here. */
export const sampleKind = { float: 0, stale: 1, histogram: 2 } as const;

/**
 * The samples of one series, by rising time, no time twice. The arrays may be views of the store's own: readers must
 * not change them, and must not keep them beyond the query.
 */
export interface SeriesSamples {
  readonly labels: Labels;
  /** Milliseconds since 1970. */
  readonly times: Float64Array;
  /** 0 where the sample is no float. */
  readonly values: Float64Array;
  /** One sampleKind per sample; undefined if all are floats. */
  readonly kinds: Uint8Array | undefined;
  /** Where kinds says `histogram`; undefined if there is none. */
  readonly histograms: readonly (FloatHistogram | undefined)[] | undefined;
}

/** Both ends belong to the range. */
export interface TimeRange {
  readonly startMs: number;
  readonly endMs: number;
}

export interface MetricsSource {
  /** Series that match all matchers and have samples in the range; their order is that of instant results. */
  select(matchers: readonly Matcher[], range: TimeRange): readonly SeriesSamples[] | Promise<readonly SeriesSamples[]>;
}
