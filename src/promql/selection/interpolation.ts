// Values between two samples, for `anchored` and `smoothed` selectors.
import { addHistograms, subtractHistograms } from '../histogram/combine.ts';
import { type FloatHistogram, scale } from '../histogram/float-histogram.ts';
import { detectReset } from '../histogram/reset.ts';
import type { RangeSeries } from '../values.ts';

export interface FloatPoint {
  readonly timeMs: number;
  readonly value: number;
}

export interface HistogramPoint {
  readonly timeMs: number;
  readonly histogram: FloatHistogram;
}

/** Linear interpolation; a counter that was reset in between is taken to start from zero. */
export function interpolate(
  a: FloatPoint,
  b: FloatPoint,
  { at, isCounter }: { readonly at: number; readonly isCounter: boolean },
): number {
  const start = isCounter && b.value < a.value ? 0 : a.value;
  return start + ((b.value - start) * (at - a.timeMs)) / (b.timeMs - a.timeMs);
}

/** The same for histograms. @throws IncompatibleHistograms */
export function interpolateHistograms(
  a: HistogramPoint,
  b: HistogramPoint,
  options: {
    readonly at: number;
    readonly isCounter: boolean;
    /** Called when custom bounds had to be reconciled. */
    readonly note: (operation: 'addition' | 'subtraction') => void;
  },
): FloatHistogram {
  const { at, isCounter, note } = options;
  if (at === a.timeMs) return a.histogram;
  if (at === b.timeMs) return b.histogram;
  const fraction = (at - a.timeMs) / (b.timeMs - a.timeMs);
  if (isCounter && detectReset(b.histogram, a.histogram)) return scale(b.histogram, fraction);
  const difference = subtractHistograms(b.histogram, a.histogram);
  if (difference.boundsReconciled) note('subtraction');
  const result = addHistograms(scale(difference.histogram, fraction), a.histogram);
  if (result.boundsReconciled) note('addition');
  return result.histogram;
}

/** The first index in [0, length) where `isPast` holds; `length` if there is none. `isPast` must turn true only once. */
export function searchFirst(length: number, isPast: (index: number) => boolean): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isPast(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** The samples of a window with one added at each end; undefined if none lies behind the start. */
export function extendFloats(
  { times, values }: Pick<RangeSeries, 'times' | 'values'>,
  { startMs, endMs }: { readonly startMs: number; readonly endMs: number },
  extension: 'anchored' | 'smoothed',
): { times: Float64Array; values: Float64Array } | undefined {
  const isSmoothed = extension === 'smoothed';
  if (times.length === 0) return undefined;
  let last = times.length - 1;
  let first = Math.max(0, searchFirst(last, (i) => (times[i] ?? 0) > startMs) - 1);
  if (isSmoothed) last = searchFirst(last, (i) => (times[i] ?? 0) >= endMs);
  if ((times[last] ?? 0) <= startMs) return undefined;
  const ends = { startMs, endMs, first, last };
  const left = pickLeft({ times, values }, ends, { isSmoothed, isCounter: false });
  const right = pickRight({ times, values }, ends, { isSmoothed, isCounter: false });
  if ((times[first] ?? 0) <= startMs) first++;
  if ((times[last] ?? 0) >= endMs) last--;
  const inner = Math.max(last - first + 1, 0);
  const outTimes = new Float64Array(inner + 2);
  const outValues = new Float64Array(inner + 2);
  outTimes[0] = startMs;
  outValues[0] = left;
  if (inner > 0) {
    outTimes.set(times.subarray(first, last + 1), 1);
    outValues.set(values.subarray(first, last + 1), 1);
  }
  outTimes[inner + 1] = endMs;
  outValues[inner + 1] = right;
  return { times: outTimes, values: outValues };
}

interface Ends {
  readonly startMs: number;
  readonly endMs: number;
  readonly first: number;
  readonly last: number;
}

interface PickOptions {
  readonly isSmoothed: boolean;
  readonly isCounter: boolean;
}

type Floats = Pick<RangeSeries, 'times' | 'values'>;

/** The value at the start of a window: interpolated if smoothed and a sample lies before, else that of the first sample. */
export function pickLeft({ times, values }: Floats, { first, startMs }: Ends, options: PickOptions): number {
  const point = (i: number) => ({ timeMs: times[i] ?? 0, value: values[i] ?? 0 });
  if (!options.isSmoothed || (times[first] ?? 0) >= startMs) return values[first] ?? 0;
  return interpolate(point(first), point(first + 1), { at: startMs, isCounter: options.isCounter });
}

/** The value at the end of a window. */
export function pickRight({ times, values }: Floats, { last, endMs }: Ends, options: PickOptions): number {
  const point = (i: number) => ({ timeMs: times[i] ?? 0, value: values[i] ?? 0 });
  if (!options.isSmoothed || last === 0 || (times[last] ?? 0) <= endMs) return values[last] ?? 0;
  return interpolate(point(last - 1), point(last), { at: endMs, isCounter: options.isCounter });
}
