// Counts spans for compare() by the roots of their traces: those of which the same is shown are alike.
import { type JoinedPaths, joinPaths } from './compare-paths.ts';
import { type Cells, Places, type Target } from './compare-places.ts';
import type { CompareRoom } from './compare-room.ts';
import type { RootCodes } from './compare-root-codes.ts';
import { addToEntry } from './compare-tally.ts';
import { type Totals, takeTotals, totalBytes, totalsAt } from './compare-totals.ts';
import { wordBytes } from './kernels/room.ts';

export interface RootOptions {
  readonly room: CompareRoom;
  readonly codes: RootCodes;
  /** The number of traces. */
  readonly traces: number;
  readonly totals: Totals;
  /** What spans add to whose root has this slot of a field. */
  readonly targetOf: (field: number, slot: number) => Target;
  /** Counts of all spans by slot. */
  readonly all: number;
}

export class RootCounts {
  private readonly options: RootOptions;
  /** Totals by code, as in `Paths`. */
  private readonly own: number;
  private readonly reach: number;
  private readonly parents: number;
  private readonly steps: number;
  /** By step. */
  private readonly targets: (Target | undefined)[] = [];

  constructor(options: RootOptions) {
    this.options = options;
    const { room, codes, traces, totals, targetOf } = options;
    const { count, firsts, seconds } = codes.paths;
    const ofTrace = room.put(codes.ofTrace, traces);
    this.own = takeTotals(room, count);
    room.kernels.addTotals(ofTrace, ofTrace + traces * wordBytes, totals.traces, this.own);
    this.reach = room.copy(this.own, count * totalBytes);
    this.parents = room.put(firsts, count);
    this.steps = room.put(seconds, count);
    const ofSteps = takeTotals(room, codes.steps.count);
    room.kernels.addUp(count, this.parents, this.steps, this.reach, ofSteps, ofSteps);
    for (let step = 0; step < codes.steps.count; step++) {
      const [baseline, selection] = totalsAt(room, ofSteps, step);
      if (baseline + selection === 0) continue;
      const target = targetOf(codes.steps.first(step), codes.steps.second(step));
      addToEntry(target.entry, baseline, selection);
      this.targets[step] = target;
    }
  }

  /** What is to be counted by slot of what was counted in all before. */
  listCells(): Cells[] {
    const { room, codes, traces, all } = this.options;
    const places = new Places();
    const { numbers: ofCode, steps } = this.joinCodes(places);
    const numbers = room.put(codes.ofTrace, traces);
    room.kernels.lookUp(numbers, numbers + traces * wordBytes, ofCode);
    const sums = steps.map((path) => [all, ...path.flatMap((step) => places.sums[step] ?? [])]);
    return [{ codes: room.columns.at.traces, numbers, count: traces, sums }];
  }

  private joinCodes(places: Places): JoinedPaths {
    const { room, codes } = this.options;
    const { own, reach, parents, steps } = this;
    const taken = room.put(Int32Array.from(this.targets, (target) => (target ? places.placeOf([target]) : 0)));
    return joinPaths(room, {
      count: codes.paths.count,
      ...{ parents, steps, own, reach },
      firstSteps: taken,
      laterSteps: taken,
    });
  }
}
