// The samples of one export between reading and storing, in columns that are used again for the next one.
import type { FloatHistogram } from '../../../../promql/histogram/float-histogram.ts';
import type { Exemplar } from '../../../store/metrics/exemplars.ts';
import { AppendError, type MetricsStore, type SeriesSlot } from '../../../store/metrics/metrics-store.ts';
import type { NewSample } from '../../../store/metrics/sample-column.ts';
import { TakeLongWay } from './long-way.ts';

const firstCapacity = 4096;
/** Slots of an export larger than this are let go. */
const keptCapacity = 65_536;

export class SampleBatch {
  readonly #store: MetricsStore;
  /** Longer than `#count`, so that it does not grow anew for every export. */
  #slots: SeriesSlot[] = [];
  #count = 0;
  #times = new Float64Array(firstCapacity);
  #values = new Float64Array(firstCapacity);
  /** At most: a series may come several times. */
  #newSeries = 0;
  /** Floats that are not simply the newest of their series, by index. */
  readonly #doubtful: number[] = [];
  /** What is no float, by its index; its value in the column means nothing. */
  readonly #others = new Map<number, NewSample>();
  readonly #exemplars: { readonly slot: SeriesSlot; readonly exemplar: Exemplar }[] = [];

  constructor(store: MetricsStore) {
    this.#store = store;
  }

  clear(): void {
    if (this.#slots.length > keptCapacity) this.#slots = [];
    this.#count = 0;
    this.#newSeries = 0;
    this.#doubtful.length = 0;
    this.#others.clear();
    this.#exemplars.length = 0;
  }

  addFloat(slot: SeriesSlot, timeMs: number, value: number): void {
    if (!this.#store.canAppendFloat(slot, timeMs)) this.#doubtful.push(this.#count);
    this.#put(slot, timeMs, value);
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
    // Indexes of what was put in.
    for (const at of this.#doubtful) this.#checkWhole(at, { kind: 'float', value: this.#values[at]! });
    for (const [at, sample] of this.#others) this.#checkWhole(at, sample);
    if (this.#newSeries > 0 && !this.#store.hasRoomFor(this.#newSeries)) throw new TakeLongWay();
  }

  /** Stores everything, in the order in which it came. */
  commit(): void {
    const store = this.#store;
    const hasOthers = this.#others.size > 0;
    for (let at = 0; at < this.#count; at++) {
      const slot = this.#slots[at]!; // at is below the count
      const timeMs = this.#times[at]!; // at is below the count
      const other = hasOthers ? this.#others.get(at) : undefined;
      if (other === undefined) store.appendFloat(slot, timeMs, this.#values[at]!);
      else store.write(store.intern(slot.labels), timeMs, other);
    }
    for (const { slot, exemplar } of this.#exemplars) store.addExemplar(slot.labels, exemplar);
    this.clear();
  }

  #addOther(slot: SeriesSlot, timeMs: number, sample: NewSample): void {
    this.#others.set(this.#count, sample);
    this.#put(slot, timeMs, 0);
  }

  #put(slot: SeriesSlot, timeMs: number, value: number): void {
    const at = this.#count++;
    if (at === this.#times.length) this.#grow();
    if (slot.series === undefined) this.#newSeries++;
    this.#slots[at] = slot;
    this.#times[at] = timeMs;
    this.#values[at] = value;
  }

  #checkWhole(at: number, sample: NewSample): void {
    try {
      this.#store.check(this.#slots[at]!.labels, this.#times[at]!, sample); // at is below the count
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
