// The samples of one export between reading and storing, in columns that are used again for the next one.
import type { FloatHistogram } from '../../../../promql/histogram/float-histogram.ts';
import type { Exemplar } from '../../../store/metrics/exemplars.ts';
import { AppendError, type MetricsStore, type SeriesSlot } from '../../../store/metrics/metrics-store.ts';
import type { NewSample } from '../../../store/metrics/sample-column.ts';
import { TakeLongWay } from './long-way.ts';

const firstCapacity = 4096;

export class SampleBatch {
  readonly #store: MetricsStore;
  #slots: SeriesSlot[] = [];
  #times = new Float64Array(firstCapacity);
  #values = new Float64Array(firstCapacity);
  /** What is no float, by its index; its value in the column means nothing. */
  readonly #others = new Map<number, NewSample>();
  readonly #exemplars: { readonly slot: SeriesSlot; readonly exemplar: Exemplar }[] = [];

  constructor(store: MetricsStore) {
    this.#store = store;
  }

  clear(): void {
    this.#slots = [];
    this.#others.clear();
    this.#exemplars.length = 0;
  }

  addFloat(slot: SeriesSlot, timeMs: number, value: number): void {
    const at = this.#slots.length;
    if (at === this.#times.length) this.#grow();
    this.#slots.push(slot);
    this.#times[at] = timeMs;
    this.#values[at] = value;
  }

  addStale(slot: SeriesSlot, timeMs: number): void {
    this.#addOther(slot, timeMs, { kind: 'stale' });
  }

  addHistogram(slot: SeriesSlot, timeMs: number, histogram: FloatHistogram): void {
    this.#addOther(slot, timeMs, { kind: 'histogram', histogram });
  }

  addExemplar(slot: SeriesSlot, exemplar: Exemplar): void {
    this.#exemplars.push({ slot, exemplar });
  }

  /** Is there nothing that the store would refuse? @throws TakeLongWay */
  check(): void {
    for (let at = 0; at < this.#slots.length; at++) {
      const slot = this.#slots[at]!; // at is below its length
      const timeMs = this.#times[at]!; // as long as the slots
      const other = this.#others.get(at);
      if (other === undefined && this.#store.canAppendFloat(slot, timeMs)) continue;
      this.#checkWhole(slot, timeMs, other ?? { kind: 'float', value: this.#values[at]! }); // as long as the slots
    }
  }

  /** Stores everything, in the order in which it came. */
  commit(): void {
    const store = this.#store;
    for (let at = 0; at < this.#slots.length; at++) {
      const slot = this.#slots[at]!; // at is below its length
      const timeMs = this.#times[at]!; // as long as the slots
      const other = this.#others.get(at);
      if (other === undefined) store.appendFloat(slot, timeMs, this.#values[at]!);
      else store.write(store.intern(slot.labels), timeMs, other);
    }
    for (const { slot, exemplar } of this.#exemplars) store.addExemplar(slot.labels, exemplar);
    this.clear();
  }

  #addOther(slot: SeriesSlot, timeMs: number, sample: NewSample): void {
    this.#others.set(this.#slots.length, sample);
    this.addFloat(slot, timeMs, 0);
  }

  #checkWhole({ labels }: SeriesSlot, timeMs: number, sample: NewSample): void {
    try {
      this.#store.check(labels, timeMs, sample);
    } catch (error) {
      throw error instanceof AppendError ? new TakeLongWay() : error;
    }
  }

  #grow(): void {
    const larger = (old: Float64Array) => {
      const made = new Float64Array(old.length * 2);
      made.set(old);
      return made;
    };
    this.#times = larger(this.#times);
    this.#values = larger(this.#values);
  }
}
