// The value of a query → API JSON. Matrices are written straight from the columns: a point is too small for an object.

import type { QueryResult } from '../../../promql/evaluate.ts';
import { type FloatHistogram, listBuckets } from '../../../promql/histogram/float-histogram.ts';
import type { Labels } from '../../../promql/labels.ts';
import { type Grid, type RangeSeries, type StepSeries, slot } from '../../../promql/values.ts';
import { formatGoJson } from '../../../std/go-strconv.ts';
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
      return isInstant
        ? wrap('scalar', encodeFloatPoint(grid.startMs, value.series.floats[0] ?? Number.NaN), options)
        : encodeMatrix([value.series], grid, options);
    case 'vector':
      return isInstant
        ? encodeList('vector', value.series, { ...options, encode: (one) => encodeElement(one, grid) })
        : encodeMatrix(value.series, grid, options);
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
  if (histogram) {
    return `{"metric":${metric},"histogram":[${encodeTime(grid.startMs)},${encodeHistogramValue(histogram)}]}`;
  }
  return `{"metric":${metric},"value":${encodeFloatPoint(grid.startMs, series.floats[0] ?? 0)}}`;
}

function encodeMatrix(series: readonly StepSeries[], { startMs, stepMs, count }: Grid, options: EncodeOptions) {
  // All series share their times: each is printed once.
  const times = Array.from({ length: count }, (_, step) => encodeTime(startMs + step * stepMs));
  return encodeList('matrix', series, { ...options, encode: (one) => encodeSteps(one, times) });
}

function encodeSteps(series: StepSeries, times: readonly string[]): string {
  const { kinds, floats } = series;
  let values = '';
  let histograms = '';
  for (let step = 0; step < kinds.length; step++) {
    const histogram = series.histogramAt(step);
    if (histogram) histograms += `,[${times[step]},${encodeHistogramValue(histogram)}]`;
    else if (kinds[step] === slot.float) values += `,[${times[step]},"${formatGoJson(floats[step] ?? 0)}"]`;
  }
  return encodeSeries(series.labels, values, histograms);
}

function encodeSamples({ labels, times, values, histogramTimes, histograms }: RangeSeries): string {
  let floats = '';
  let others = '';
  values.forEach((value, i) => {
    floats += `,${encodeFloatPoint(times[i] ?? 0, value)}`;
  });
  histograms.forEach((histogram, i) => {
    others += `,[${encodeTime(histogramTimes[i] ?? 0)},${encodeHistogramValue(histogram)}]`;
  });
  return encodeSeries(labels, floats, others);
}

/** Points come as one text, each after a comma. */
function encodeSeries(labels: Labels, values: string, histograms: string): string {
  const floats = values === '' ? '' : `,"values":[${values.slice(1)}]`;
  const others = histograms === '' ? '' : `,"histograms":[${histograms.slice(1)}]`;
  return `{"metric":${encodeLabels(labels)}${floats}${others}}`;
}

function encodeHistogramValue(histogram: FloatHistogram): string {
  const { count, sum } = histogram;
  return encodeHistogram({ count, sum, buckets: listBuckets(histogram) });
}

function encodeLabels(labels: Labels): string {
  return JSON.stringify(Object.fromEntries(labels));
}
