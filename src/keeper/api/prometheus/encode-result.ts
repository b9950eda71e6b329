// The value of a query → API JSON. Matrices are written straight from the columns: a point is too small for an object.

import type { QueryResult } from '../../../promql/evaluate.ts';
import { type FloatHistogram, listBuckets } from '../../../promql/histogram/float-histogram.ts';
import type { Labels } from '../../../promql/labels.ts';
import { type Grid, type RangeSeries, type StepSeries, slot } from '../../../promql/values.ts';
import { encodeFloatPoint, encodeHistogram, encodeTime } from '../../../wire/prometheus/api-json.ts';

export interface EncodeOptions {
  /** 0: all series. */
  readonly limit: number;
  /** JSON to put under `stats`. */
  readonly stats: string | undefined;
}

/** Writes `{"resultType":…,"result":…}`. An instant query has a grid of one step and step 0. */
export function encodeResult(result: QueryResult, options: EncodeOptions): { json: string; isTruncated: boolean } {
  const { value, grid } = result;
  const isInstant = grid.stepMs === 0;
  switch (value.type) {
    case 'string':
      return wrap('string', `[${encodeTime(grid.startMs)},${JSON.stringify(value.value)}]`, options);
    case 'scalar':
      if (isInstant) {
        return wrap('scalar', encodeFloatPoint(grid.startMs, value.series.floats[0] ?? Number.NaN), options);
      }
      return encodeList('matrix', [value.series], { ...options, encode: (one) => encodeSteps(one, grid) });
    case 'vector':
      return isInstant
        ? encodeList('vector', value.series, { ...options, encode: (one) => encodeElement(one, grid) })
        : encodeList('matrix', value.series, { ...options, encode: (one) => encodeSteps(one, grid) });
    case 'matrix':
      return encodeList('matrix', value.series, { ...options, encode: encodeSamples });
  }
}

function encodeList<T>(
  type: string,
  series: readonly T[],
  { encode, ...options }: EncodeOptions & { readonly encode: (one: T) => string },
): { json: string; isTruncated: boolean } {
  const isTruncated = options.limit > 0 && series.length > options.limit;
  const shown = isTruncated ? series.slice(0, options.limit) : series;
  return { ...wrap(type, `[${shown.map(encode).join(',')}]`, options), isTruncated };
}

function wrap(type: string, result: string, { stats }: EncodeOptions): { json: string; isTruncated: boolean } {
  const tail = stats === undefined ? '' : `,"stats":${stats}`;
  return { json: `{"resultType":"${type}","result":${result}${tail}}`, isTruncated: false };
}

function encodeElement(series: StepSeries, grid: Grid): string {
  const histogram = series.histogramAt(0);
  const metric = encodeLabels(series.labels);
  if (histogram) return `{"metric":${metric},"histogram":${encodeHistogramPoint(grid.startMs, histogram)}}`;
  return `{"metric":${metric},"value":${encodeFloatPoint(grid.startMs, series.floats[0] ?? 0)}}`;
}

function encodeSteps(series: StepSeries, grid: Grid): string {
  const values: string[] = [];
  const histograms: string[] = [];
  for (let step = 0; step < grid.count; step++) {
    const timeMs = grid.startMs + step * grid.stepMs;
    const histogram = series.histogramAt(step);
    if (histogram) histograms.push(encodeHistogramPoint(timeMs, histogram));
    else if (series.kinds[step] === slot.float) values.push(encodeFloatPoint(timeMs, series.floats[step] ?? 0));
  }
  return encodeSeries(series.labels, values, histograms);
}

function encodeSamples({ labels, times, values, histogramTimes, histograms }: RangeSeries): string {
  const floats = Array.from(values, (value, i) => encodeFloatPoint(times[i] ?? 0, value));
  const others = histograms.map((histogram, i) => encodeHistogramPoint(histogramTimes[i] ?? 0, histogram));
  return encodeSeries(labels, floats, others);
}

function encodeSeries(labels: Labels, values: readonly string[], histograms: readonly string[]): string {
  const floats = values.length > 0 ? `,"values":[${values.join(',')}]` : '';
  const others = histograms.length > 0 ? `,"histograms":[${histograms.join(',')}]` : '';
  return `{"metric":${encodeLabels(labels)}${floats}${others}}`;
}

function encodeHistogramPoint(timeMs: number, histogram: FloatHistogram): string {
  const { count, sum } = histogram;
  return `[${encodeTime(timeMs)},${encodeHistogram({ count, sum, buckets: listBuckets(histogram) })}]`;
}

function encodeLabels(labels: Labels): string {
  return JSON.stringify(Object.fromEntries(labels));
}
