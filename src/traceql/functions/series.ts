// One line of a metrics answer.
import type { Static } from '../values.ts';

export interface Label {
  readonly name: string;
  readonly value: Static;
}

export interface Exemplar {
  readonly labels: readonly Label[];
  /** NaN: that of the sample in the same interval. */
  readonly value: number;
  readonly timestampMs: number;
}

export interface Series {
  readonly labels: readonly Label[];
  /** By interval; NaN: no sample. */
  readonly values: Float64Array;
  readonly exemplars: readonly Exemplar[];
}
