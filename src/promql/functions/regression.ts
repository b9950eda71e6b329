// Trends in a window of floats: deriv, predict_linear, double_exponential_smoothing.
import { formatGoDecimals } from '../../std/go-strconv.ts';
import { KahanSum } from '../histogram/kahan.ts';
import { failExecution } from '../values.ts';
import { noteIgnoredHistograms } from './over-time.ts';
import type { RangeFunction, RangeWindow } from './range-window.ts';

export const regressionFunctions = {
  deriv: (window) => {
    if (!hasTrend(window)) return;
    window.emitFloat(fitLine(window, window.series.times[window.from] ?? 0).slope);
  },
  predict_linear: (window) => {
    if (!hasTrend(window)) return;
    const { slope, intercept } = fitLine(window, window.timeMs);
    window.emitFloat(slope * (window.scalars[0] ?? Number.NaN) + intercept);
  },
  double_exponential_smoothing: smoothTwice,
} satisfies Record<string, RangeFunction>;

/** At least two floats are needed; histograms beside them are mentioned. */
function hasTrend(window: RangeWindow): boolean {
  if (window.floatCount > 0) noteIgnoredHistograms(window);
  return window.floatCount >= 2;
}

/** Least squares. Times are taken relative to `originMs`, so that they stay small; the intercept is the value there. */
function fitLine({ from, to, series }: RangeWindow, originMs: number): { slope: number; intercept: number } {
  const { times, values } = series;
  const first = values[from] ?? 0;
  let isConstant = true;
  const x = new KahanSum();
  const y = new KahanSum();
  const xy = new KahanSum();
  const xx = new KahanSum();
  for (let i = from; i < to; i++) {
    const value = values[i] ?? 0;
    const time = ((times[i] ?? 0) - originMs) / 1000;
    if (value !== first && i > from) isConstant = false;
    x.add(time);
    y.add(value);
    xy.add(time * value);
    xx.add(time * time);
  }
  if (isConstant) {
    if (Math.abs(first) === Number.POSITIVE_INFINITY) return { slope: Number.NaN, intercept: Number.NaN };
    return { slope: 0, intercept: first };
  }
  const count = to - from;
  const covariance = xy.total - (x.total * y.total) / count;
  const variance = xx.total - (x.total * x.total) / count;
  const slope = covariance / variance;
  return { slope, intercept: y.total / count - (slope * x.total) / count };
}

// https://en.wikipedia.org/wiki/Exponential_smoothing#Double_exponential_smoothing
function smoothTwice(window: RangeWindow): void {
  const { from, to, series, scalars } = window;
  const [smoothing = Number.NaN, trendFactor = Number.NaN] = scalars;
  checkFactor('smoothing factor. Expected: 0 < sf < 1', smoothing);
  checkFactor('trend factor. Expected: 0 < tf < 1', trendFactor);
  if (!hasTrend(window)) return;
  let previous = 0;
  let smoothed = series.values[from] ?? 0;
  let trend = (series.values[from + 1] ?? 0) - smoothed;
  for (let i = from + 1; i < to; i++) {
    if (i > from + 1) trend = trendFactor * (smoothed - previous) + (1 - trendFactor) * trend;
    const next = smoothing * (series.values[i] ?? 0) + (1 - smoothing) * (smoothed + trend);
    previous = smoothed;
    smoothed = next;
  }
  window.emitFloat(smoothed);
}

function checkFactor(what: string, value: number): void {
  if (value <= 0 || value >= 1) failExecution(`invalid ${what}, got: ${formatGoDecimals(value)}`);
}
