// rate, increase, delta: how much a series changed in a window, extrapolated to its ends; irate, idelta: the last two samples.
import { annotate } from '../annotations.ts';
import { scaleDifference } from '../histogram/aligned.ts';
import { addHistograms, copyToSchema, IncompatibleHistograms, subtractHistograms } from '../histogram/combine.ts';
import {
  compact,
  divide,
  emptyHistogram,
  type FloatHistogram,
  scale,
  usesCustomBuckets,
} from '../histogram/float-histogram.ts';
import { detectReset } from '../histogram/reset.ts';
import { extendedRate } from './extended-rate.ts';
import type { RangeFunction, RangeWindow } from './range-window.ts';

/** `isCounter`: falling values are restarts from zero. `perSecond`: divided by the length of the window. */
export interface RateKind {
  readonly isCounter: boolean;
  readonly perSecond: boolean;
}

export const rateFunctions = {
  rate: (window) => computeRate(window, { isCounter: true, perSecond: true }),
  increase: (window) => computeRate(window, { isCounter: true, perSecond: false }),
  delta: (window) => computeRate(window, { isCounter: false, perSecond: false }),
  irate: (window) => computeInstant(window, { isCounter: true, perSecond: true }),
  idelta: (window) => computeInstant(window, { isCounter: false, perSecond: false }),
} satisfies Record<string, RangeFunction>;

function computeRate(window: RangeWindow, kind: RateKind): void {
  const { floatCount, histogramCount } = window;
  if (floatCount > 0 && histogramCount > 0) {
    window.note(annotate.mixedFloatsHistograms(window.metricName));
    return;
  }
  if (window.extension !== undefined) {
    extendedRate(window, kind);
    return;
  }
  if (histogramCount > 1) extrapolateHistograms(window, kind);
  else if (floatCount > 1) extrapolateFloats(window, kind);
}

function extrapolateFloats(window: RangeWindow, { isCounter, perSecond }: RateKind): void {
  const { from, to, series } = window;
  const { times, values } = series;
  const first = values[from] ?? 0;
  let change = (values[to - 1] ?? 0) - first;
  if (isCounter) change = window.addRestarts(change);
  // Counters do not go below zero, so the series cannot have begun before it would have been zero.
  const startsAt = isCounter && change > 0 && first >= 0 ? first / change : undefined;
  const factor = extrapolate(window, {
    firstMs: times[from] ?? 0,
    lastMs: times[to - 1] ?? 0,
    count: to - from,
    startsAt,
  });
  window.emitFloat(change * (perSecond ? factor / (window.rangeMs / 1000) : factor));
}

function extrapolateHistograms(window: RangeWindow, kind: RateKind): void {
  if (kind.isCounter && window.histogramsAreUniform && !window.hasHistogramRestart) {
    // Nothing but the ends counts.
    const first = window.histogram(0);
    const last = window.histogram(window.histogramCount - 1);
    const rate = scaleDifference(last, first, findHistogramFactor(window, last.count - first.count, kind));
    if (rate !== undefined) {
      window.emitHistogram(rate);
      return;
    }
  }
  const change = sumHistogramChanges(window, kind.isCounter);
  if (change === undefined) return;
  window.emitHistogram(scale(change, findHistogramFactor(window, change.count, kind)));
}

/** By what a change of the histograms of a window is multiplied; `change` is that of their counts. */
function findHistogramFactor(window: RangeWindow, change: number, { isCounter, perSecond }: RateKind): number {
  const count = window.histogramCount;
  const first = window.histogram(0);
  const startsAt = isCounter && change > 0 && first.count >= 0 ? first.count / change : undefined;
  const ends = { firstMs: window.histogramTime(0), lastMs: window.histogramTime(count - 1), count, startsAt };
  const factor = extrapolate(window, ends);
  return perSecond ? factor / (window.rangeMs / 1000) : factor;
}

/**
 * By how much the change between first and last sample has to grow to cover the window. A series that begins or ends
 * further than 1.1 sample intervals from an end of the window is taken to reach half an interval beyond its sample.
 * `startsAt`: how many sampled intervals before the first sample the series would have been zero.
 */
function extrapolate(
  { startMs, endMs }: RangeWindow,
  samples: { firstMs: number; lastMs: number; count: number; startsAt: number | undefined },
): number {
  const sampled = (samples.lastMs - samples.firstMs) / 1000;
  const average = sampled / (samples.count - 1);
  const threshold = average * 1.1;
  let toStart = (samples.firstMs - startMs) / 1000;
  let toEnd = (endMs - samples.lastMs) / 1000;
  if (toStart >= threshold) toStart = average / 2;
  if (samples.startsAt !== undefined) toStart = Math.min(toStart, sampled * samples.startsAt);
  if (toEnd >= threshold) toEnd = average / 2;
  return sampled === 0 ? 1 : (sampled + toStart + toEnd) / sampled;
}

function sumHistogramChanges(window: RangeWindow, isCounter: boolean): FloatHistogram | undefined {
  try {
    return isCounter ? sumCounterChanges(window) : subtractEnds(window);
  } catch (error) {
    if (!(error instanceof IncompatibleHistograms)) throw error;
    window.note(annotate.mixedExponentialCustom(window.metricName));
    return undefined;
  }
}

function subtractEnds(window: RangeWindow): FloatHistogram {
  const first = window.histogram(0);
  const last = window.histogram(window.histogramCount - 1);
  if (usesCustomBuckets(first) !== usesCustomBuckets(last)) throw new IncompatibleHistograms();
  const schema = Math.min(first.schema, last.schema);
  const change = subtractHistograms(copyToSchema(last, schema), first);
  if (change.boundsReconciled) window.note(annotate.boundsReconciled('subtraction'));
  if (first.hint !== 'gauge' || last.hint !== 'gauge') window.note(annotate.notGauge(window.metricName));
  return compact({ ...change.histogram, hint: 'gauge' });
}

function sumCounterChanges(window: RangeWindow): FloatHistogram {
  const count = window.histogramCount;
  const last = window.histogram(count - 1);
  const second = window.histogram(1);
  let previous = window.histogram(0);
  if (previous.hint === 'gauge' || last.hint === 'gauge') window.note(annotate.notCounter(window.metricName));
  // Behind a restart nobody looks at the layout of the first sample.
  if (detectReset(second, previous)) {
    previous = { ...emptyHistogram, schema: second.schema, customValues: second.customValues };
  }
  const schema = checkLayouts(window, Math.min(last.schema, previous.schema), usesCustomBuckets(previous));
  const ends = subtractHistograms(copyToSchema(last, schema), previous);
  if (ends.boundsReconciled) window.note(annotate.boundsReconciled('subtraction'));
  let change = ends.histogram;
  // The restart between the first two, if there was one, took the first out of the sum.
  for (const lost of window.listLostHistograms()) {
    const added = addHistograms(change, lost);
    if (added.boundsReconciled) window.note(annotate.boundsReconciled('addition'));
    change = added.histogram;
  }
  return compact({ ...change, hint: 'gauge' });
}

/** The coarsest resolution of a window. @throws IncompatibleHistograms if exponential and custom buckets are mixed */
function checkLayouts(window: RangeWindow, coarsest: number, isCustom: boolean): number {
  const last = window.histogramCount - 1;
  if (usesCustomBuckets(window.histogram(last)) !== isCustom) throw new IncompatibleHistograms();
  if (window.histogramsAreUniform) return coarsest;
  let schema = coarsest;
  for (let i = 1; i < last; i++) {
    const current = window.histogram(i);
    if (current.hint === 'gauge') window.note(annotate.notCounter(window.metricName));
    schema = Math.min(schema, current.schema);
    if (usesCustomBuckets(current) !== isCustom) throw new IncompatibleHistograms();
  }
  return schema;
}

interface LastSample {
  readonly timeMs: number;
  readonly value: number;
  readonly histogram: FloatHistogram | undefined;
}

function computeInstant(window: RangeWindow, { isCounter }: RateKind): void {
  const [a, b] = listLastTwo(window);
  if (a === undefined || b === undefined || a.timeMs === b.timeMs) return;
  const seconds = isCounter ? (b.timeMs - a.timeMs) / 1000 : 1;
  if (a.histogram === undefined && b.histogram === undefined) {
    const change = isCounter && b.value < a.value ? b.value : b.value - a.value;
    window.emitFloat(change / seconds);
  } else if (a.histogram !== undefined && b.histogram !== undefined) {
    const change = subtractLast(window, { a: a.histogram, b: b.histogram, isCounter });
    if (change) window.emitHistogram(isCounter ? divide(change, seconds) : change);
  } else window.noteAtArguments(annotate.mixedFloatsHistograms(window.metricName));
}

function subtractLast(
  window: RangeWindow,
  { a, b, isCounter }: { a: FloatHistogram; b: FloatHistogram; isCounter: boolean },
): FloatHistogram | undefined {
  const isGauge = a.hint === 'gauge' || b.hint === 'gauge';
  if (isCounter && isGauge) window.noteAtArguments(annotate.notCounter(window.metricName));
  if (!isCounter && (a.hint !== 'gauge' || b.hint !== 'gauge')) {
    window.noteAtArguments(annotate.notGauge(window.metricName));
  }
  let change = b;
  if (!isCounter || !detectReset(b, a)) {
    try {
      const difference = subtractHistograms(b, a);
      if (difference.boundsReconciled) window.noteAtArguments(annotate.boundsReconciled('subtraction'));
      change = difference.histogram;
    } catch (error) {
      if (!(error instanceof IncompatibleHistograms)) throw error;
      window.noteAtArguments(annotate.mixedExponentialCustom(window.metricName));
      return undefined;
    }
  }
  return compact({ ...change, hint: 'gauge' });
}

/** The last two samples of a window, floats and histograms taken together. */
function listLastTwo(window: RangeWindow): LastSample[] {
  const samples: LastSample[] = [];
  const { times, values } = window.series;
  for (let i = Math.max(window.from, window.to - 2); i < window.to; i++) {
    samples.push({ timeMs: times[i] ?? 0, value: values[i] ?? 0, histogram: undefined });
  }
  for (let i = Math.max(0, window.histogramCount - 2); i < window.histogramCount; i++) {
    samples.push({ timeMs: window.histogramTime(i), value: 0, histogram: window.histogram(i) });
  }
  samples.sort((a, b) => a.timeMs - b.timeMs);
  return samples.slice(-2);
}
