// Counts spans for compare() by their forms, which decide shape, name, and attributes of few values; of the attributes of many
// values only those that are shown are looked for, span by span.
import { PairCounts, type PairOptions } from './compare-pairs.ts';
import { addByInterval, Places, type Sums, type Target } from './compare-places.ts';
import type { CompareRoom } from './compare-room.ts';
import type { SpanList } from './compare-spans.ts';
import { PairIndex } from './functions/pair-index.ts';
import { wordBytes } from './kernels/room.ts';
import { noForm } from './source.ts';

export interface FormOptions extends PairOptions {
  /** What spans of a shape add to, of which a row is one. */
  readonly targetsOf: (row: number) => readonly Target[];
}

export class FormCounts {
  private readonly options: FormOptions;
  private readonly targets: (readonly Target[])[] = [];
  private readonly pairs: PairCounts;

  constructor(options: FormOptions) {
    this.options = options;
    this.countShapes(options.totals.shapes);
    this.pairs = new PairCounts(options);
  }

  private countShapes(totals: Uint32Array): void {
    const { forms, targetsOf } = this.options;
    for (const [shape, row] of forms.shapeRows.entries()) {
      const total = totals[shape]!; // there is one for each
      if (total === 0) continue;
      const targets = targetsOf(row);
      for (const { entry } of targets) entry.total += total;
      this.targets[shape] = targets;
    }
  }

  /** Counts by interval what was counted in all before. */
  countIntervals(spans: SpanList, intervals: number): void {
    this.countForms(spans, intervals);
    spans.room.during(() => this.countLoose(spans));
  }

  private countForms(spans: SpanList, intervals: number): void {
    const { forms, totals, placed } = this.options;
    const { room } = spans;
    const steps = new Steps(room, intervals);
    const shapePlaces = new Places();
    const stepOfShape = (shape: number) => shapePlaces.placeOf(this.targets[shape] ?? []);
    const { placeOf, paths } = this.placeForms(steps, stepOfShape);
    const ends: number[] = [];
    const endOf = new Map<number, number>();
    for (let form = 0; form < forms.count; form++) {
      if (totals.forms[form] === 0) continue;
      const path = placeOf[form]!; // every form has one
      const end = endOf.get(path) ?? ends.push(path) - 1;
      endOf.set(path, end);
      placeOf[form] = end;
    }
    const shapeCounts = shapePlaces.sums.map(() => room.takeZeros(intervals));
    const sums = ends.map((path) => {
      const all: number[] = [];
      let at = path;
      for (; paths.first(at) !== noForm; at = paths.first(at)) all.push(steps.counts[paths.second(at)]!); // every step has counts
      return [...all, shapeCounts[paths.second(at)]!]; // every shape has a place
    });
    addByInterval(spans, { codes: placed.forms, placeOf, sums, intervals });
    for (const [step, counts] of steps.counts.entries()) room.add(counts, steps.sums[step] ?? [], intervals);
    for (const [place, counts] of shapeCounts.entries()) room.add(counts, shapePlaces.sums[place] ?? [], intervals);
  }

  // Forms that add to the same sums are on one path.
  private placeForms(steps: Steps, stepOfShape: (shape: number) => number) {
    const { pairs } = this;
    const { parents, lastPairs, count } = this.options.forms;
    const { reach } = this.options.totals;
    const paths = new PairIndex();
    const placeOf = new Int32Array(count);
    for (let form = 0; form < count; form++) {
      if (reach[form] === 0) continue;
      const parent = parents[form]!; // there is one of each for every form
      const last = lastPairs[form]!;
      placeOf[form] =
        parent === noForm
          ? paths.indexOf(noForm, stepOfShape(last))
          : paths.indexOf(placeOf[parent]!, steps.of(last, pairs));
    }
    return { placeOf, paths };
  }

  private countLoose({ room, place, end }: SpanList): void {
    const { forms, placed } = this.options;
    const flags = room.take(forms.pairs.count);
    const places = room.take(forms.pairs.count * wordBytes);
    const isShown = room.bytes(flags, forms.pairs.count).fill(0);
    const cellsOf = room.words(places, forms.pairs.count);
    for (const [pair, { counts }] of this.pairs.entries) {
      if (counts === undefined) continue;
      isShown[pair] = 1;
      cellsOf[pair] = counts;
    }
    room.kernels.countFlagged(place, end, placed.starts, placed.loose, flags, places);
  }
}

/** Numbers for what pairs add to, and counts for each. */
class Steps {
  readonly sums: Sums[] = [];
  readonly counts: number[] = [];
  private readonly room: CompareRoom;
  private readonly intervals: number;
  private readonly ofPair = new Map<number, number>();
  private readonly ofSums = new Map<Sums, number>();

  constructor(room: CompareRoom, intervals: number) {
    this.room = room;
    this.intervals = intervals;
  }

  of(pair: number, pairs: PairCounts): number {
    const known = this.ofPair.get(pair);
    if (known !== undefined) return known;
    const sums = pairs.sumsOf(pair);
    const step = this.ofSums.get(sums) ?? this.add(sums);
    this.ofPair.set(pair, step);
    return step;
  }

  private add(sums: Sums): number {
    const step = this.sums.push(sums) - 1;
    this.counts.push(this.room.takeZeros(this.intervals));
    this.ofSums.set(sums, step);
    return step;
  }
}
