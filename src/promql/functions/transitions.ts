// resets and changes: how often something happened between neighbouring samples, floats and histograms taken together.

import { equalHistograms, type FloatHistogram } from '../histogram/float-histogram.ts';
import { detectReset } from '../histogram/reset.ts';
import { searchFirst } from '../selection/interpolation.ts';
import type { RangeFunction, RangeWindow } from './range-window.ts';

export const transitionFunctions = {
  resets: (window) =>
    countTransitions(window, {
      floats: (a, b) => b < a,
      histograms: (a, b) => detectReset(b, a),
    }),
  changes: (window) =>
    countTransitions(window, {
      floats: (a, b) => a !== b && !(Number.isNaN(a) && Number.isNaN(b)),
      histograms: (a, b) => !equalHistograms(b, a),
    }),
} satisfies Record<string, RangeFunction>;

interface TransitionRule {
  readonly floats: (before: number, after: number) => boolean;
  readonly histograms: (before: FloatHistogram, after: FloatHistogram) => boolean;
}

function countTransitions(window: RangeWindow, rule: TransitionRule): void {
  const start = findStart(window);
  if (start === undefined) return;
  const { times, values } = window.series;
  let float = start.float;
  let histogram = start.histogram;
  let before: number | FloatHistogram | undefined;
  let count = 0;
  while (float < window.to || histogram < window.histogramCount) {
    const floatTime = float < window.to ? (times[float] ?? 0) : Number.POSITIVE_INFINITY;
    const histogramTime =
      histogram < window.histogramCount ? window.histogramTime(histogram) : Number.POSITIVE_INFINITY;
    const after = floatTime < histogramTime ? (values[float++] ?? 0) : window.histogram(histogram++);
    if (before !== undefined && happened(rule, before, after)) count++;
    before = after;
  }
  window.emitFloat(count);
}

function happened(rule: TransitionRule, before: number | FloatHistogram, after: number | FloatHistogram): boolean {
  if (typeof before === 'number' && typeof after === 'number') return rule.floats(before, after);
  if (typeof before === 'number' || typeof after === 'number') return true;
  return rule.histograms(before, after);
}

/** Where counting begins: anchored windows begin with the last sample at or before their start. */
function findStart(window: RangeWindow): { float: number; histogram: number } | undefined {
  if (window.extension !== 'anchored') return { float: window.from, histogram: 0 };
  const { startMs, from, to, histogramCount } = window;
  const floatTime = (i: number) => window.series.times[i] ?? 0;
  const float = from + searchFirst(to - from, (i) => floatTime(from + i) > startMs) - 1;
  const histogram = searchFirst(histogramCount, (i) => window.histogramTime(i) > startMs) - 1;
  if (float + 1 >= to && histogram + 1 >= histogramCount) return undefined;
  const hasFloat = float >= from;
  if (!hasFloat && histogram < 0) return { float: from, histogram: 0 };
  const floatAnchors = histogram < 0 || (hasFloat && floatTime(float) >= window.histogramTime(histogram));
  return floatAnchors ? { float, histogram: histogram + 1 } : { float: float + 1, histogram };
}
