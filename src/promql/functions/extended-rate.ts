// rate, increase and delta over `anchored` and `smoothed` selectors: no extrapolation, the ends of the window are sampled
// or interpolated instead.
import { annotate } from '../annotations.ts';
import { addHistograms, IncompatibleHistograms, subtractHistograms } from '../histogram/combine.ts';
import { compact, divide, type FloatHistogram, usesCustomBuckets } from '../histogram/float-histogram.ts';
import { detectReset } from '../histogram/reset.ts';
import {
  type HistogramPoint,
  interpolateHistograms,
  pickLeft,
  pickRight,
  searchFirst,
} from '../selection/interpolation.ts';
import type { RangeWindow } from './range-window.ts';
import type { RateKind } from './rate.ts';

/** Computes the change over an extended window that holds only floats or only histograms. */
export function extendedRate(window: RangeWindow, kind: RateKind): void {
  if (window.histogramCount > 0) rateHistograms(window, kind);
  else if (window.floatCount > 0) rateFloats(window, kind);
}

/** First and last sample that matter; undefined if none lies behind the start. */
function findEnds(window: RangeWindow, timeAt: (index: number) => number, count: number) {
  const { startMs, endMs } = window;
  const isSmoothed = window.extension === 'smoothed';
  let last = count - 1;
  const first = Math.max(0, searchFirst(last, (i) => timeAt(i) > startMs) - 1);
  if (isSmoothed) last = searchFirst(last, (i) => timeAt(i) >= endMs);
  if (timeAt(last) <= startMs || (isSmoothed && timeAt(first) > endMs)) return undefined;
  return { first, last, startMs, endMs, isSmoothed };
}

function rateFloats(window: RangeWindow, { isCounter, perSecond }: RateKind): void {
  const times = window.series.times.subarray(window.from, window.to);
  const values = window.series.values.subarray(window.from, window.to);
  const ends = findEnds(window, (i) => times[i] ?? 0, times.length);
  if (ends === undefined) return;
  const options = { isSmoothed: ends.isSmoothed, isCounter };
  const left = pickLeft({ times, values }, ends, options);
  const right = pickRight({ times, values }, ends, options);
  let change = right - left;
  if (isCounter) {
    const from = (times[ends.first] ?? 0) <= ends.startMs ? ends.first + 1 : ends.first;
    const to = (times[ends.last] ?? 0) >= ends.endMs ? ends.last - 1 : ends.last;
    let previous = left;
    for (let i = from; i <= to; i++) {
      const value = values[i] ?? 0;
      if (value < previous) change += previous;
      previous = value;
    }
    if (right < previous) change += previous;
  }
  window.emitFloat(perSecond ? change / (window.rangeMs / 1000) : change);
}

function rateHistograms(window: RangeWindow, kind: RateKind): void {
  const ends = findEnds(window, (i) => window.histogramTime(i), window.histogramCount);
  if (ends === undefined || !checkLayout(window, ends, kind)) return;
  try {
    const change = computeChange(window, ends, kind.isCounter);
    const result = kind.perSecond ? divide(change, window.rangeMs / 1000) : change;
    window.emitHistogram(compact({ ...result, hint: 'gauge' }));
  } catch (error) {
    if (!(error instanceof IncompatibleHistograms)) throw error;
    window.note(annotate.mixedExponentialCustom(window.metricName));
  }
}

type Ends = NonNullable<ReturnType<typeof findEnds>>;

function checkLayout(window: RangeWindow, { first, last }: Ends, { isCounter }: RateKind): boolean {
  const isCustom = usesCustomBuckets(window.histogram(first));
  for (let i = first; i <= last; i++) {
    const histogram = window.histogram(i);
    if (usesCustomBuckets(histogram) !== isCustom) {
      window.note(annotate.mixedExponentialCustom(window.metricName));
      return false;
    }
    if (isCounter && histogram.hint === 'gauge') window.note(annotate.notCounter(window.metricName));
  }
  return true;
}

function computeChange(window: RangeWindow, ends: Ends, isCounter: boolean): FloatHistogram {
  const { first, last, startMs, endMs, isSmoothed } = ends;
  const point = (i: number): HistogramPoint => ({ timeMs: window.histogramTime(i), histogram: window.histogram(i) });
  const note = (operation: 'addition' | 'subtraction') => window.note(annotate.boundsReconciled(operation));
  const between = (i: number, at: number) => interpolateHistograms(point(i), point(i + 1), { at, isCounter, note });
  const interpolatesLeft = isSmoothed && window.histogramTime(first) < startMs;
  const interpolatesRight = isSmoothed && last > 0 && window.histogramTime(last) > endMs;
  const left = interpolatesLeft ? between(first, startMs) : window.histogram(first);
  const right = interpolatesRight ? between(last - 1, endMs) : window.histogram(last);
  if (!isCounter && (left.hint !== 'gauge' || right.hint !== 'gauge'))
    window.note(annotate.notGauge(window.metricName));
  const difference = subtractHistograms(right, left);
  if (difference.boundsReconciled) note('subtraction');
  if (!isCounter) return difference.histogram;
  const lost = sumResets(window, { ...ends, left, right, interpolatesLeft });
  if (lost === undefined) return difference.histogram;
  const corrected = addHistograms(difference.histogram, lost);
  if (corrected.boundsReconciled) note('addition');
  return corrected.histogram;
}

/** What restarts inside the window have cost; undefined if there was none. */
function sumResets(
  window: RangeWindow,
  of: Ends & { left: FloatHistogram; right: FloatHistogram; interpolatesLeft: boolean },
): FloatHistogram | undefined {
  let from = of.first + 1;
  let previous = of.left;
  const next = window.histogramCount > from ? window.histogram(from) : undefined;
  // The interpolation at the left end has already dealt with a restart it spans.
  if (of.interpolatesLeft && next && detectReset(next, window.histogram(of.first))) {
    previous = next;
    from++;
  }
  if (from > of.last) return undefined;
  let lost: FloatHistogram | undefined;
  const lose = (histogram: FloatHistogram) => {
    if (lost === undefined) {
      lost = histogram;
      return;
    }
    const sum = addHistograms(lost, histogram);
    if (sum.boundsReconciled) window.note(annotate.boundsReconciled('addition'));
    lost = sum.histogram;
  };
  for (let i = from; i < of.last; i++) {
    const histogram = window.histogram(i);
    if (detectReset(histogram, previous)) lose(previous);
    previous = histogram;
  }
  if (detectReset(of.right, previous)) lose(previous);
  return lost;
}
