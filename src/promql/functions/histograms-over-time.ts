// sum_over_time and avg_over_time of native histograms.
import { annotate } from '../annotations.ts';
import {
  addCompensated,
  addHistograms,
  type CompensatedHistogram,
  IncompatibleHistograms,
} from '../histogram/combine.ts';
import { divide, type FloatHistogram, hasOverflow, scale } from '../histogram/float-histogram.ts';
import type { RangeWindow } from './range-window.ts';

/** Emits the sum of the histograms of a window. */
export function sumHistograms(window: RangeWindow): void {
  emitFold(window, (fold) => {
    let sum: CompensatedHistogram = { sum: window.histogram(0), error: undefined };
    for (let i = 1; i < window.histogramCount; i++) sum = fold.add(sum, window.histogram(i));
    return fold.finish(sum);
  });
}

/** Emits their mean. */
export function averageHistograms(window: RangeWindow): void {
  const list = Array.from({ length: window.histogramCount }, (_, i) => window.histogram(i));
  emitFold(window, (fold) => averageList(list, fold));
}

/** How histograms are added up: what an addition reports is passed on by whoever folds. */
export interface HistogramFold {
  readonly add: (sum: CompensatedHistogram, next: FloatHistogram) => CompensatedHistogram;
  readonly finish: (sum: CompensatedHistogram) => FloatHistogram;
}

/** The mean of at least one histogram; goes over to a running mean where the sum would overflow. */
export function averageList(list: readonly FloatHistogram[], { add, finish }: HistogramFold): FloatHistogram {
  // The callers never pass an empty list.
  let sum: CompensatedHistogram = { sum: list[0]!, error: undefined };
  let isRunning = false;
  list.slice(1).forEach((next, i) => {
    const count = i + 2;
    if (!isRunning) {
      const bigger = add(sum, next);
      if (!hasOverflow(bigger.sum)) {
        sum = bigger;
        return;
      }
      isRunning = true;
      sum = scaleBoth(sum, (h) => divide(h, count - 1));
    }
    sum = scaleBoth(sum, (h) => scale(h, (count - 1) / count));
    sum = add(sum, divide(next, count));
  });
  return finish(isRunning ? sum : scaleBoth(sum, (h) => divide(h, list.length)));
}

function scaleBoth(of: CompensatedHistogram, change: (h: FloatHistogram) => FloatHistogram): CompensatedHistogram {
  return { sum: change(of.sum), error: of.error && change(of.error) };
}

function emitFold(window: RangeWindow, compute: (fold: HistogramFold) => FloatHistogram): void {
  let reconciled = false;
  const fold: HistogramFold = {
    add: (sum, next) => {
      const { result, combined } = addCompensated(sum, next);
      reconciled ||= combined.boundsReconciled;
      return result;
    },
    finish: ({ sum, error }) => (error ? addHistograms(sum, error).histogram : sum),
  };
  try {
    window.emitHistogram(compute(fold));
  } catch (error) {
    if (!(error instanceof IncompatibleHistograms)) throw error;
    window.note(annotate.mixedExponentialCustom(window.metricName));
    return;
  }
  const hints = Array.from({ length: window.histogramCount }, (_, i) => window.histogram(i).hint);
  if (hints.includes('reset') && hints.includes('not_reset')) window.note(annotate.resetCollision('aggregation'));
  if (reconciled) window.note(annotate.boundsReconciled('aggregation'));
}
