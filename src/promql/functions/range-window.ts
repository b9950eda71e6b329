// What a function over a range vector sees at one step of one series: a window of samples, and where to put its answer.
// One object serves all steps and series, so nothing is allocated per step.
import type { Annotation, Annotations } from '../annotations.ts';
import type { Call, Expr, Span } from '../ast.ts';
import type { FloatHistogram } from '../histogram/float-histogram.ts';
import { detectReset } from '../histogram/reset.ts';
import { metricNameLabel } from '../labels.ts';
import type { RangeSeries, StepSeries } from '../values.ts';

/** A function over a range vector: reads the window, answers by emitFloat or emitHistogram, or not at all. */
export type RangeFunction = (window: RangeWindow) => void;

export interface WindowOptions {
  readonly call: Call;
  readonly annotations: Annotations;
  readonly rangeMs: number;
  readonly extension: 'anchored' | 'smoothed' | undefined;
}

export class RangeWindow {
  readonly rangeMs: number;
  readonly extension: 'anchored' | 'smoothed' | undefined;
  /** Values of the scalar arguments at this step, in order. */
  readonly scalars: number[] = [];
  /** The series; its samples in the window are [from, to) and [histogramFrom, histogramTo). Windows only move forward. */
  series!: RangeSeries;
  from = 0;
  to = 0;
  histogramFrom = 0;
  histogramTo = 0;
  /** The time of the step. */
  timeMs = 0;
  /** The window proper; extended selectors also see samples outside. */
  startMs = 0;
  endMs = 0;
  target!: StepSeries;
  step = 0;
  readonly #call: Call;
  readonly #annotations: Annotations;
  #drops: number[] | undefined;
  #nextDrop = 0;
  #extreme = -1;
  #seenTo = 0;
  #histogramFacts: HistogramFacts | undefined;
  #nextRestart = 0;

  constructor({ call, annotations, rangeMs, extension }: WindowOptions) {
    this.#call = call;
    this.#annotations = annotations;
    this.rangeMs = rangeMs;
    this.extension = extension;
  }

  /** Goes on to another series, before its first sample. */
  enter(series: RangeSeries, target: StepSeries): void {
    this.series = series;
    this.target = target;
    this.from = 0;
    this.to = 0;
    this.histogramFrom = 0;
    this.histogramTo = 0;
    this.#drops = undefined;
    this.#nextDrop = 0;
    this.#extreme = -1;
    this.#histogramFacts = undefined;
    this.#nextRestart = 0;
  }

  /** Moves the histograms of the window on to those in (firstMs, lastMs]. */
  slideHistograms(firstMs: number, lastMs: number): void {
    const { histogramTimes } = this.series;
    while (this.histogramTo < histogramTimes.length && histogramTimes[this.histogramTo]! <= lastMs) this.histogramTo++; // below the length
    while (this.histogramFrom < this.histogramTo && histogramTimes[this.histogramFrom]! <= firstMs)
      this.histogramFrom++; // as above
  }

  /**
   * What a counter lost at its restarts in the window, added to `change` one by one. Where the series falls is found once, not
   * in every window.
   */
  addRestarts(change: number): number {
    const { values } = this.series;
    this.#drops ??= listDrops(values);
    const drops = this.#drops;
    while (this.#nextDrop < drops.length && drops[this.#nextDrop]! <= this.from) this.#nextDrop++; // below the length
    let sum = change;
    for (let at = this.#nextDrop; at < drops.length && drops[at]! < this.to; at++) sum += values[drops[at]! - 1]!; // as above
    return sum;
  }

  /**
   * The largest float of the window; the smallest, if `sign` is -1. The last answer is looked at again only when it has left
   * the window. A call asks for one of the two only.
   */
  findExtreme(sign: 1 | -1): number {
    const { from, to } = this;
    const { values } = this.series;
    let best = this.#extreme;
    let at = this.#seenTo;
    if (best < from) {
      best = from;
      at = from + 1;
    }
    // Indexes are within the window.
    let held = values[best]! * sign;
    for (; at < to; at++) {
      const value = values[at]! * sign;
      if (value > held || Number.isNaN(held)) {
        best = at;
        held = value;
      }
    }
    this.#extreme = best;
    this.#seenTo = to;
    return values[best]!;
  }

  /** Have all histograms of the series the same layout, and is none a gauge? */
  get histogramsAreUniform(): boolean {
    this.#histogramFacts ??= readHistogramFacts(this.series.histograms);
    return this.#histogramFacts.isUniform;
  }

  /** Did the series begin anew within the window? */
  get hasHistogramRestart(): boolean {
    this.#histogramFacts ??= readHistogramFacts(this.series.histograms);
    const { restarts } = this.#histogramFacts;
    while (this.#nextRestart < restarts.length && restarts[this.#nextRestart]! <= this.histogramFrom)
      this.#nextRestart++; // below the length
    return (restarts[this.#nextRestart] ?? Number.POSITIVE_INFINITY) < this.histogramTo;
  }

  /** The histograms of the window right before a restart, but for the first one. */
  listLostHistograms(): FloatHistogram[] {
    const { histograms } = this.series;
    this.#histogramFacts ??= readHistogramFacts(histograms);
    const { restarts } = this.#histogramFacts;
    const after = this.histogramFrom + 1;
    while (this.#nextRestart < restarts.length && restarts[this.#nextRestart]! <= after) this.#nextRestart++; // below the length
    const lost: FloatHistogram[] = [];
    for (let at = this.#nextRestart; at < restarts.length && restarts[at]! < this.histogramTo; at++)
      lost.push(histograms[restarts[at]! - 1]!); // a restart has a histogram before it
    return lost;
  }

  get floatCount(): number {
    return this.to - this.from;
  }

  get histogramCount(): number {
    return this.histogramTo - this.histogramFrom;
  }

  get metricName(): string {
    return this.series.labels.get(metricNameLabel);
  }

  /** The `i`th histogram of the window, which must have it. */
  histogram(i: number): FloatHistogram {
    // Callers stay below histogramCount.
    return this.series.histograms[this.histogramFrom + i]!;
  }

  histogramTime(i: number): number {
    return this.series.histogramTimes[this.histogramFrom + i] ?? 0;
  }

  emitFloat(value: number): void {
    this.target.setFloat(this.step, value);
  }

  emitHistogram(histogram: FloatHistogram): void {
    this.target.setHistogram(this.step, histogram);
  }

  /** Notes something at the place of an argument (default: the first). */
  note(annotation: Annotation, argument = 0): void {
    const arg: Expr | undefined = this.#call.args[argument];
    this.#annotations.add(annotation, arg ?? this.#call);
  }

  /** Notes something at the place of all arguments together. */
  noteAtArguments(annotation: Annotation): void {
    const span: Span = this.#call.args[0] ?? this.#call;
    this.#annotations.add(annotation, span);
  }
}

interface HistogramFacts {
  readonly isUniform: boolean;
  /** Indexes of histograms that began anew. */
  readonly restarts: readonly number[];
}

function readHistogramFacts(histograms: readonly FloatHistogram[]): HistogramFacts {
  const first = histograms[0];
  const restarts: number[] = [];
  let isUniform = true;
  histograms.forEach((histogram, i) => {
    isUniform &&= histogram.hint !== 'gauge' && histogram.schema === first?.schema;
    const previous = histograms[i - 1];
    if (previous !== undefined && detectReset(histogram, previous)) restarts.push(i);
  });
  return { isUniform, restarts };
}

function listDrops(values: Float64Array): number[] {
  const drops: number[] = [];
  for (let i = 1; i < values.length; i++) if (values[i]! < values[i - 1]!) drops.push(i); // both are within
  return drops;
}
