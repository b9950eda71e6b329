// and, or, unless: which elements stay, by what the other side has in their match group.
import type { BinaryExpr } from '../ast.ts';
import type { Scope } from '../selection/session.ts';
import { mergeSameLabels, StepSeries, slot } from '../values.ts';
import { groupByMatching } from './signatures.ts';

interface Operands {
  readonly lhs: readonly StepSeries[];
  readonly rhs: readonly StepSeries[];
}

/** Evaluates a set operator. Values and names stay as they are. */
export function matchSets({ grid }: Scope, { op, matching }: BinaryExpr, { lhs, rhs }: Operands): StepSeries[] {
  if (matching === undefined) throw new Error('a set operator without matching passed validation');
  const groups = groupByMatching(matching, { lhs, rhs });
  if (op === 'or') {
    const presence = markPresence(lhs, groups.left, { groupCount: groups.count, stepCount: grid.count });
    const added = keepWhere(rhs, (i, step) => presence[step * groups.count + (groups.right[i] ?? 0)] === 0);
    return mergeSameLabels([...lhs, ...added]);
  }
  const presence = markPresence(rhs, groups.right, { groupCount: groups.count, stepCount: grid.count });
  const wanted = op === 'and' ? 1 : 0;
  return keepWhere(lhs, (i, step) => presence[step * groups.count + (groups.left[i] ?? 0)] === wanted);
}

/** For every step and group: does any of the series have a value? */
function markPresence(
  series: readonly StepSeries[],
  groupOf: Int32Array,
  { groupCount, stepCount }: { readonly groupCount: number; readonly stepCount: number },
): Uint8Array {
  const presence = new Uint8Array(stepCount * groupCount);
  series.forEach((one, i) => {
    for (let step = 0; step < stepCount; step++) {
      if (one.kinds[step] !== slot.empty) presence[step * groupCount + (groupOf[i] ?? 0)] = 1;
    }
  });
  return presence;
}

function keepWhere(series: readonly StepSeries[], keeps: (index: number, step: number) => boolean): StepSeries[] {
  const out: StepSeries[] = [];
  series.forEach((one, i) => {
    const kept = new StepSeries(one.labels, one.kinds.length);
    for (let step = 0; step < one.kinds.length; step++) {
      if (one.kinds[step] !== slot.empty && keeps(i, step)) kept.copySlot(one, step);
    }
    if (!kept.isEmpty) out.push(kept);
  });
  return out;
}
