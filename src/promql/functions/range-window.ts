// What a function over a range vector sees at one step of one series: a window of samples, and where to put its answer.
// One object serves all steps and series, so nothing is allocated per step.
import type { Annotation, Annotations } from '../annotations.ts';
import type { Call, Expr, Span } from '../ast.ts';
import type { FloatHistogram } from '../histogram/float-histogram.ts';
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
  /** The series; its samples in the window are [from, to) and [histogramFrom, histogramTo). */
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

  constructor({ call, annotations, rangeMs, extension }: WindowOptions) {
    this.#call = call;
    this.#annotations = annotations;
    this.rangeMs = rangeMs;
    this.extension = extension;
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
