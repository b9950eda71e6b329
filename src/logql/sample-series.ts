// The samples of one series of a range aggregation: times and values in growing columns outside the JS heap's small objects.
import { mergeRuns } from './merge-runs.ts';
import type { Labels } from './values.ts';

export class SampleSeries {
  readonly labels: Labels;
  /** Does the series carry an error that must fail the query? */
  readonly failed: boolean;
  length = 0;
  // Most series of a query have one sample or few.
  #times: Float64Array = new Float64Array(2);
  #values: Float64Array | undefined;
  // Where samples begin that are not in order with those before them: blocks come one after the other.
  #runs: number[] = [0];

  constructor(labels: Labels, failed: boolean) {
    this.labels = labels;
    this.failed = failed;
  }

  /** Nanoseconds after the start of the query; valid up to `length`, in order after `sort()`. */
  get times(): Float64Array {
    return this.#times;
  }

  /** undefined: every sample is 1. */
  get values(): Float64Array | undefined {
    return this.#values;
  }

  push(time: number, value: number): void {
    const at = this.length;
    if (at === this.#times.length) this.#grow(at + 1);
    if (at > 0 && time < (this.#times[at - 1] ?? 0)) this.#runs.push(at);
    this.#times[at] = time;
    if (value !== 1 && this.#values === undefined) this.#values = new Float64Array(this.#times.length).fill(1, 0, at);
    if (this.#values !== undefined) this.#values[at] = value;
    this.length++;
  }

  /** Appends many samples of value 1 at once. */
  pushTimes(offsets: Float64Array, shift: number): void {
    const at = this.length;
    if (at + offsets.length > this.#times.length) this.#grow(at + offsets.length);
    if (at > 0 && (offsets[0] ?? 0) + shift < (this.#times[at - 1] ?? 0)) this.#runs.push(at);
    for (let i = 0; i < offsets.length; i++) this.#times[at + i] = (offsets[i] ?? 0) + shift;
    this.#values?.fill(1, at, at + offsets.length);
    this.length += offsets.length;
  }

  /** Puts the samples in time order; equal times keep theirs. Many take long, so it stops for `pause` on its way. */
  async sort(pause: () => Promise<void>): Promise<void> {
    if (this.#runs.length === 1) return;
    const unsorted = { times: this.#times.subarray(0, this.length), values: this.#values?.subarray(0, this.length) };
    const { times, values } = await mergeRuns(this.#runs, unsorted, pause);
    this.#times = times;
    this.#values = values;
    this.#runs = [0];
  }

  #grow(needed: number): void {
    const capacity = Math.max(needed, this.#times.length * 2);
    const times = new Float64Array(capacity);
    times.set(this.#times);
    this.#times = times;
    if (this.#values === undefined) return;
    const values = new Float64Array(capacity);
    values.set(this.#values);
    this.#values = values;
  }
}
