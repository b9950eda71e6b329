// Counts by slot for compare(). What adds to the same sums has one place, and its cells are added to them in the end: most
// values are not shown, and then only their attribute counts.
import { align } from './compare-room.ts';
import type { Slots } from './compare-slots.ts';
import type { Attribute, Counted } from './compare-tally.ts';
import { PairIndex } from './functions/pair-index.ts';
import { wordBytes } from './kernels/room.ts';

/** What spans add to: a value of an attribute. */
export interface Target {
  readonly attribute: Attribute;
  readonly entry: Counted;
}

/** Sums by slot, in the room. */
export type Sums = readonly number[];

/** Places for lists of targets, the same for those that add to the same sums. */
export class Places {
  /** By place. */
  readonly sums: Sums[] = [];
  private readonly paths = new PairIndex();
  /** By path + 1. */
  private readonly ofPath: number[] = [];

  /** The place of targets, once it is known which are shown. */
  placeOf(targets: readonly Target[]): number {
    let path = -1;
    for (const { attribute, entry } of targets) path = this.paths.indexOf(path, entry.counts ?? attribute.sums);
    const known = this.ofPath[path + 1];
    if (known !== undefined) return known;
    const place = this.sums.push(targets.flatMap(({ attribute, entry: { counts } }) => sumsOf(attribute, counts))) - 1;
    this.ofPath[path + 1] = place;
    return place;
  }
}

/** What a value of an attribute adds to. */
export function sumsOf({ sums }: Attribute, counts: number | undefined): Sums {
  return counts === undefined ? [sums] : [sums, counts];
}

/** So many counts are held at once; more places are counted in several walks. */
const mostCells = 2 ** 20;

export interface Cells {
  /** By row; where they begin in the room. */
  readonly codes: number;
  /** By code: the number of its place; any for codes that no span has. Where they begin, and how many there are. */
  readonly numbers: number;
  readonly count: number;
  /** By place: what its counts are added to. */
  readonly sums: readonly Sums[];
}

/** Adds spans to the sums of their places. */
export function addBySlot(slots: Slots, all: readonly Cells[]): void {
  const { room } = slots;
  const size = align(slots.count * wordBytes);
  const sums = all.flatMap((cells) => cells.sums);
  const atOnce = Math.max(1, Math.floor(mostCells / slots.count));
  for (let first = 0; first < sums.length; first += atOnce) {
    const some = sums.slice(first, first + atOnce);
    room.during(() => {
      const cells = room.takeZeros(((some.length + 1) * size) / wordBytes); // the last are for other walks
      let before = 0;
      const tables = all.map(({ codes, numbers, count, sums: own }) => {
        const places = room.take(count * wordBytes);
        const end = numbers + count * wordBytes;
        room.kernels.findCells(numbers, end, first - before, some.length, cells, size, places);
        before += own.length;
        return [codes, places] as const;
      });
      walk(slots, tables);
      for (const [number, own] of some.entries()) room.add(cells + number * size, own, slots.count);
    });
  }
}

// Two tables in each walk.
function walk({ room: { kernels }, place, end }: Slots, tables: readonly (readonly [codes: number, places: number])[]) {
  for (let i = 0; i < tables.length; i += 2) {
    const [one, other] = tables.slice(i, i + 2);
    if (one && other) kernels.countBoth(place, end, ...one, ...other);
    else if (one) kernels.countCells(place, end, ...one);
  }
}
