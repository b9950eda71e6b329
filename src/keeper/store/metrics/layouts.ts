// Bucket layouts of native histograms, listed once for all series that have them: it saves half of their memory, and two
// histograms with the very same list need no comparing when they are added.
import { type Buckets, equalLists, type FloatHistogram } from '../../../promql/histogram/float-histogram.ts';

/** Beyond it everything is forgotten and learned anew. */
const maxKnown = 1_000;

export class Layouts {
  readonly #known = new Map<string, readonly number[]>();

  /** The same histogram with lists of indexes that others have, too. */
  share(histogram: FloatHistogram): FloatHistogram {
    const positive = this.#shareBuckets(histogram.positive);
    const negative = this.#shareBuckets(histogram.negative);
    const isSame = positive === histogram.positive && negative === histogram.negative;
    return isSame ? histogram : { ...histogram, positive, negative };
  }

  // Layouts with the same ends and length are the same in practice: most have no gaps.
  #shareBuckets(buckets: Buckets): Buckets {
    const { indexes, counts } = buckets;
    if (indexes.length === 0) return buckets;
    const key = `${indexes[0]} ${indexes.at(-1)} ${indexes.length}`;
    const known = this.#known.get(key);
    if (known !== undefined) return equalLists(known, indexes) ? { indexes: known, counts } : buckets;
    if (this.#known.size >= maxKnown) this.#known.clear();
    this.#known.set(key, indexes);
    return buckets;
  }
}
