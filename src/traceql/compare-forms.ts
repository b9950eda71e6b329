// Counts spans for compare() by their forms, which decide shape, name, and attributes of few values; of the attributes of many
// values only those that are shown are looked for, span by span.
import { addTo, addUpPaths, countWantedByInterval } from './compare-loops.ts';
import { PairCounts, type PairOptions } from './compare-pairs.ts';
import { addByInterval, Places, type Sums, type Target } from './compare-places.ts';
import type { SpanList } from './compare-spans.ts';
import type { Totals } from './compare-totals.ts';
import { PairIndex } from './functions/pair-index.ts';
import { noForm } from './source.ts';

export interface FormOptions extends PairOptions {
  /** What spans of a shape add to, of which a row is one. */
  readonly targetsOf: (row: number) => readonly Target[];
  readonly totals: Totals;
}

export class FormCounts {
  private readonly options: FormOptions;
  /** By form: the spans whose form it is, or extends it. */
  private readonly reach: Uint32Array;
  private readonly targets: (readonly Target[])[] = [];
  private readonly pairs: PairCounts;

  constructor(options: FormOptions) {
    const { forms, totals } = options;
    this.options = options;
    this.reach = totals.forms.slice();
    const shapeTotals = new Uint32Array(forms.shapeRows.length);
    const pairTotals = totals.loose;
    const { count, parents, lastPairs } = forms;
    addUpPaths({ count, parents, steps: lastPairs }, this.reach, [shapeTotals, pairTotals]);
    this.countShapes(shapeTotals);
    this.pairs = new PairCounts(pairTotals, options);
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
    this.countLoose(spans, intervals);
  }

  private countForms(spans: SpanList, intervals: number): void {
    const { forms, totals } = this.options;
    const steps = new Steps(intervals);
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
    const shapeCounts = shapePlaces.sums.map(() => new Float64Array(intervals));
    const sums = ends.map((path) => {
      const all: Float64Array[] = [];
      let at = path;
      for (; paths.first(at) !== noForm; at = paths.first(at)) all.push(steps.counts[paths.second(at)]!); // every step has counts
      return [...all, shapeCounts[paths.second(at)]!]; // every shape has a place
    });
    addByInterval(spans, { codes: forms.of, placeOf, sums, intervals });
    for (const [step, counts] of steps.counts.entries()) for (const sum of steps.sums[step] ?? []) addTo(sum, counts);
    for (const [place, counts] of shapeCounts.entries())
      for (const sum of shapePlaces.sums[place] ?? []) addTo(sum, counts);
  }

  // Forms that add to the same sums are on one path.
  private placeForms(steps: Steps, stepOfShape: (shape: number) => number) {
    const { reach, pairs } = this;
    const { parents, lastPairs, count } = this.options.forms;
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

  private countLoose(spans: SpanList, intervals: number): void {
    const { forms } = this.options;
    const shown = [...this.pairs.entries].filter(([, { counts }]) => counts);
    const flags = new Uint8Array(forms.pairs.count);
    const places = new Int32Array(forms.pairs.count);
    for (const [i, [pair]] of shown.entries()) {
      flags[pair] = 1;
      places[pair] = i * intervals;
    }
    const cells = new Uint32Array(shown.length * intervals);
    spans.walk((stretch) => countWantedByInterval(stretch, forms.loose, { flags, places }, cells));
    for (const [i, [, { counts }]] of shown.entries())
      if (counts) addTo(counts, cells.subarray(i * intervals, (i + 1) * intervals));
  }
}

/** Numbers for what pairs add to, and counts for each. */
class Steps {
  readonly sums: Sums[] = [];
  readonly counts: Float64Array[] = [];
  private readonly intervals: number;
  private readonly ofPair = new Map<number, number>();
  private readonly ofSums = new Map<Sums, number>();

  constructor(intervals: number) {
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
    this.counts.push(new Float64Array(this.intervals));
    this.ofSums.set(sums, step);
    return step;
  }
}
