// Counts spans for compare() by their forms, which decide shape, name, and attributes of few values; of the attributes of many
// values only those that are shown are looked for.
import { PairCounts, type PairOptions } from './compare-pairs.ts';
import { type JoinedPaths, joinPaths } from './compare-paths.ts';
import { type Cells, Places, type Sums, type Target } from './compare-places.ts';
import type { Slots } from './compare-slots.ts';
import { addToEntry } from './compare-tally.ts';
import { totalsAt } from './compare-totals.ts';
import { wordBytes } from './kernels/room.ts';

export interface FormOptions extends PairOptions {
  /** What spans of a shape add to, of which a row is one. */
  readonly targetsOf: (row: number) => readonly Target[];
}

export class FormCounts {
  private readonly options: FormOptions;
  /** By shape. */
  private readonly targets: (readonly Target[] | undefined)[] = [];
  private readonly pairs: PairCounts;
  /** Counts of steps by slot, and what they are added to. */
  private readonly subtotals: { readonly counts: number; readonly sums: Sums }[] = [];

  constructor(options: FormOptions) {
    this.options = options;
    this.countShapes();
    this.pairs = new PairCounts(options);
  }

  private countShapes(): void {
    const { room, forms, targetsOf, totals } = this.options;
    for (const [shape, row] of forms.shapeRows.entries()) {
      const [baseline, selection] = totalsAt(room, totals.shapes, shape);
      if (baseline + selection === 0) continue;
      const targets = targetsOf(row);
      for (const { entry } of targets) addToEntry(entry, baseline, selection);
      this.targets[shape] = targets;
    }
  }

  /** What is to be counted by slot of what was counted in all before. */
  listCells(slots: Slots): Cells[] {
    const { room, count } = slots;
    const shapes = new Places();
    const steps = new Steps(slots, this.pairs);
    const joined = this.joinForms(shapes, steps);
    const shapeCounts = shapes.sums.map(() => room.takeZeros(count));
    this.subtotals.push(
      ...steps.counts.map((counts, step) => ({ counts, sums: steps.sums[step] ?? [] })),
      ...shapeCounts.map((counts, place) => ({ counts, sums: shapes.sums[place] ?? [] })),
    );
    // Every step has counts, and every form begins with a shape.
    const sums = joined.steps.map((all) => [
      ...all.slice(0, -1).map((step) => steps.counts[step]!),
      shapeCounts[all.at(-1)!]!,
    ]);
    return [{ codes: room.columns.at.forms, numbers: joined.numbers, count: this.options.forms.count, sums }];
  }

  /** Adds up what was counted, and counts what forms do not say. */
  finish(slots: Slots): void {
    for (const { counts, sums } of this.subtotals) slots.room.add(counts, sums, slots.count);
    this.countLoose(slots);
  }

  private joinForms(shapes: Places, steps: Steps): JoinedPaths {
    const { room, forms, totals } = this.options;
    const { at, steps: pairs } = room.columns;
    const laterSteps = room.take(forms.pairs.count * wordBytes);
    for (const pair of pairs) {
      const [baseline, selection] = totalsAt(room, totals.pairs, pair);
      if (baseline + selection > 0) room.setWordAt(laterSteps + pair * wordBytes, steps.add(pair));
    }
    return joinPaths(room, {
      count: forms.count,
      parents: at.parents,
      steps: at.lastPairs,
      own: totals.forms,
      reach: totals.reach,
      firstSteps: room.put(Int32Array.from(this.targets, (targets) => (targets ? shapes.placeOf(targets) : 0))),
      laterSteps,
    });
  }

  private countLoose({ room, place }: Slots): void {
    const { last, links } = room.columns.at;
    const chains: number[] = [];
    for (const [pair, { counts }] of this.pairs.entries)
      if (counts !== undefined) chains.push(room.wordAt(last, pair), counts);
    const list = room.put(Uint32Array.from(chains));
    room.kernels.countChains(list, list + chains.length * wordBytes, links, place);
  }
}

/** Numbers for what pairs add to, and counts for each. */
class Steps {
  readonly sums: Sums[] = [];
  readonly counts: number[] = [];
  private readonly slots: Slots;
  private readonly pairs: PairCounts;
  private readonly ofSums = new Map<Sums, number>();

  constructor(slots: Slots, pairs: PairCounts) {
    this.slots = slots;
    this.pairs = pairs;
  }

  /** The step of a pair, made if it is new. */
  add(pair: number): number {
    const sums = this.pairs.sumsOf(pair);
    const known = this.ofSums.get(sums);
    if (known !== undefined) return known;
    const step = this.sums.push(sums) - 1;
    this.counts.push(this.slots.room.takeZeros(this.slots.count));
    this.ofSums.set(sums, step);
    return step;
  }
}
