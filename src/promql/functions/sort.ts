// sort and its kin: the order of the elements of an instant vector. Range queries sort their result by labels anyway.
import { annotate } from '../annotations.ts';
import type { Call } from '../ast.ts';
import { compareLabels } from '../labels.ts';
import type { Scope } from '../selection/session.ts';
import { StepSeries, slot, type Value } from '../values.ts';
import { asVector, evaluateVector, readString } from './arguments.ts';
import { isNaturallyBefore, sortLikeGo } from './natural-order.ts';
import type { VectorFunction } from './vector-functions.ts';

export const sortFunctions = {
  sort: (scope, call) => sortByValue(scope, call, 1),
  sort_desc: (scope, call) => sortByValue(scope, call, -1),
  sort_by_label: (scope, call) => sortByLabel(scope, call, 1),
  sort_by_label_desc: (scope, call) => sortByLabel(scope, call, -1),
} satisfies Record<string, VectorFunction>;

/** Histograms are left out; NaN comes last. */
async function sortByValue(scope: Scope, call: Call, sign: 1 | -1): Promise<Value> {
  const input = await evaluateVector(scope, call);
  warnIfRange(scope, call);
  const floats = input.map(keepFloats).filter((series) => !series.isEmpty);
  if (scope.grid.count > 1) return asVector(floats);
  const value = (series: StepSeries) => series.floats[0] ?? 0;
  return asVector(
    [...floats].sort((a, b) => {
      if (Number.isNaN(value(a)) || Number.isNaN(value(b)))
        return Number(Number.isNaN(value(a))) - Number(Number.isNaN(value(b)));
      return sign * (value(a) < value(b) ? -1 : value(a) > value(b) ? 1 : 0);
    }),
  );
}

async function sortByLabel(scope: Scope, call: Call, sign: 1 | -1): Promise<Value> {
  const input = await evaluateVector(scope, call);
  warnIfRange(scope, call);
  const names = call.args.slice(1).map((_, i) => readString(call, i + 1));
  return asVector(
    sortLikeGo(input, (a, b) => {
      for (const name of names) {
        const [left, right] = [a.labels.get(name), b.labels.get(name)];
        if (left !== right) return sign * (isNaturallyBefore(left, right) ? -1 : 1);
      }
      return sign * compareLabels(a.labels, b.labels);
    }),
  );
}

function warnIfRange({ grid, session }: Scope, call: Call): void {
  if (grid.count > 1) session.annotations.add(annotate.sortInRangeQuery(), call);
}

function keepFloats(series: StepSeries): StepSeries {
  if (series.histograms === undefined) return series;
  const kept = new StepSeries(series.labels, series.kinds.length);
  for (let step = 0; step < series.kinds.length; step++) {
    if (series.kinds[step] === slot.float) kept.setFloat(step, series.floats[step] ?? 0);
  }
  return kept;
}
