// Room for the samples of many series in few buffers outside the heap: to make a buffer, and to collect it, costs more than
// what a short series has in it. Series that came together grow together, so a buffer goes when the last of them has
// grown out of it or is gone; room is never used again, since a query may still read there.

const slabBytes = 256 * 1024;
/** A sample is a time and a value. */
export const bytesPerSample = 16;
const smallest = 16;
/** Longer series have buffers of their own. */
const largestShared = 512;

/** Times stand in `slab` from `at` on, `capacity` of them, and the values right behind them. */
export interface Room {
  readonly slab: Float64Array;
  readonly at: number;
  readonly capacity: number;
}

interface Slab {
  readonly slab: Float64Array;
  used: number;
}

export class SampleRoom {
  /** The slab that is being filled, by capacity. */
  readonly #open = new Map<number, Slab>();

  /** Room for so many samples or a little more. */
  take(samples: number): Room {
    if (samples > largestShared) return { slab: makeSlab(samples * bytesPerSample), at: 0, capacity: samples };
    let capacity = smallest;
    while (capacity < samples) capacity *= 2;
    const taken = 2 * capacity;
    let open = this.#open.get(capacity);
    if (open === undefined || open.used + taken > open.slab.length) {
      open = { slab: makeSlab(slabBytes), used: 0 };
      this.#open.set(capacity, open);
    }
    open.used += taken;
    return { slab: open.slab, at: open.used - taken, capacity };
  }
}

function makeSlab(bytes: number): Float64Array {
  return new Float64Array(bytes / Float64Array.BYTES_PER_ELEMENT);
}
