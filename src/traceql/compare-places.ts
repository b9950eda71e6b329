// Counts by interval for compare(). What adds to the same sums has one place, and its cells are added to them in the end: most
// values are not shown, and then only their attribute counts.
import { align } from './compare-room.ts';
import type { SpanList } from './compare-spans.ts';
import type { Attribute, Counted } from './compare-tally.ts';
import { PairIndex } from './functions/pair-index.ts';
import { wordBytes } from './kernels/room.ts';

/** What spans add to: a value of an attribute. */
export interface Target {
  readonly attribute: Attribute;
  readonly entry: Counted;
}

/** Sums by interval, in the room. */
export type Sums = readonly number[];

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
      path = this.paths.indexOf(path, this.numberOf(entry.counts === undefined ? attribute : entry));
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
export function sumsOf({ totals }: Attribute, counts: number | undefined): Sums {
  return counts === undefined ? [totals] : [totals, counts];
}

/** So many counts are held at once; more places are counted in several walks. */
const mostCells = 2 ** 20;

export interface Cells {
  /** By row; where they begin in the room. */
  readonly codes: number;
  /** By code; any for codes that no span has. */
  readonly placeOf: Int32Array;
  /** By place: what its counts are added to. */
  readonly sums: readonly Sums[];
  /** The number of intervals. */
  readonly intervals: number;
}

/** Adds spans to the sums of their places. */
export function addByInterval(spans: SpanList, { codes, placeOf, sums, intervals }: Cells): void {
  const { room, place, end } = spans;
  const size = align(intervals * wordBytes);
  const atOnce = Math.max(1, Math.floor(mostCells / intervals));
  for (let first = 0; first < sums.length; first += atOnce) {
    const some = sums.slice(first, first + atOnce);
    room.during(() => {
      const cells = room.takeZeros(((some.length + 1) * size) / wordBytes); // the last are for other walks
      const starts = room.take(placeOf.length * wordBytes);
      const cellsOf = room.words(starts, placeOf.length);
      for (let code = 0; code < placeOf.length; code++) {
        const number = placeOf[code]! - first; // below the length
        cellsOf[code] = cells + (number >= 0 && number < some.length ? number : some.length) * size;
      }
      room.kernels.countCells(place, end, codes, starts);
      for (const [number, own] of some.entries()) room.add(cells + number * size, own, intervals);
    });
  }
}
