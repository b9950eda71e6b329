// Counts by interval for compare(). What adds to the same sums has one place, and its cells are added to them in the end: most
// values are not shown, and then only their attribute counts.
import { addTo, countCodesByInterval, placeCells } from './compare-loops.ts';
import type { SpanList } from './compare-spans.ts';
import type { Attribute, Counted } from './compare-tally.ts';
import { PairIndex } from './functions/pair-index.ts';

/** What spans add to: a value of an attribute. */
export interface Target {
  readonly attribute: Attribute;
  readonly entry: Counted;
}

/** Sums by interval. */
export type Sums = readonly Float64Array[];

/** Places for lists of targets, the same for those that add to the same sums. */
export class Places {
  /** By place. */
  readonly sums: Sums[] = [];
  private readonly numbers = new Map<object, number>();
  private readonly paths = new PairIndex();
  private readonly ofPath = new Map<number, number>();

  /** The place of targets, once it is known which are shown. */
  placeOf(targets: readonly Target[]): number {
    let path = -1;
    for (const { attribute, entry } of targets)
      path = this.paths.indexOf(path, this.numberOf(entry.counts ? entry : attribute));
    return this.ofPath.get(path) ?? this.add(path, targets);
  }

  private add(path: number, targets: readonly Target[]): number {
    const place = this.sums.push(targets.flatMap(({ attribute, entry: { counts } }) => sumsOf(attribute, counts))) - 1;
    this.ofPath.set(path, place);
    return place;
  }

  private numberOf(one: object): number {
    const known = this.numbers.get(one) ?? this.numbers.size;
    this.numbers.set(one, known);
    return known;
  }
}

/** What a value of an attribute adds to. */
export function sumsOf({ totals }: Attribute, counts: Float64Array | undefined): Sums {
  return counts ? [totals, counts] : [totals];
}

/** So many counts are held at once; more places are counted in several walks. */
const mostCells = 2 ** 20;

export interface Placed {
  /** By row. */
  readonly codes: Uint32Array;
  /** By code; any for codes that no span has. */
  readonly placeOf: Int32Array;
  /** By place: what its counts are added to. */
  readonly sums: readonly Sums[];
  /** The number of intervals. */
  readonly intervals: number;
}

/** Adds spans to the sums of their places. */
export function addByInterval(spans: SpanList, { codes, placeOf, sums, intervals }: Placed): void {
  const atOnce = Math.max(1, Math.floor(mostCells / intervals));
  for (let first = 0; first < sums.length; first += atOnce) {
    const some = sums.slice(first, first + atOnce);
    const cellOf = placeCells(placeOf, { first, end: first + some.length, size: intervals });
    const cells = new Uint32Array((some.length + 1) * intervals); // the last are for other walks
    spans.walk((stretch) => countCodesByInterval(stretch, codes, cellOf, cells));
    for (const [place, own] of some.entries()) {
      const counts = cells.subarray(place * intervals, (place + 1) * intervals);
      for (const sum of own) addTo(sum, counts);
    }
  }
}
