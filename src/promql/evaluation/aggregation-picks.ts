// Aggregations that pick whole elements of a group: topk, bottomk, limitk, limit_ratio. Labels stay as they are.
import { type Annotation, annotate } from '../annotations.ts';
import type { Aggregation } from '../ast.ts';
import type { Scope } from '../selection/session.ts';
import { failExecution, StepSeries, slot } from '../values.ts';
import type { Group } from './aggregation.ts';
import { sampleOffset } from './sample-offset.ts';

export type PickName = 'topk' | 'bottomk' | 'limitk' | 'limit_ratio';

interface Picking {
  readonly name: PickName;
  readonly groups: readonly Group[];
  /** k or the ratio, by step. */
  readonly parameter: Float64Array;
}

const int64Limit = 2 ** 63;

export async function pickElements(scope: Scope, expr: Aggregation, picking: Picking): Promise<StepSeries[]> {
  const { name, groups, parameter } = picking;
  const { min, max, hasNaN } = summarize(parameter);
  if (name === 'limit_ratio') {
    if (max === 0 && min === 0) return [];
    if (hasNaN) failExecution('Ratio value is NaN');
    noteRatio(scope, expr, { min, max });
  } else {
    if (max < 1) return [];
    if (hasNaN) failExecution('Parameter value is NaN');
    if (min <= -int64Limit) failExecution(`Scalar value ${min} underflows int64`);
    if (max >= int64Limit) failExecution(`Scalar value ${max} overflows int64`);
  }
  const outputs = new Map<StepSeries, StepSeries>();
  const note = (annotation: Annotation) => scope.session.annotations.add(annotation, expr);
  for (const group of groups) {
    for (let step = 0; step < scope.grid.count; step++) {
      const pause = scope.session.settings.pause();
      if (pause) await pause;
      for (const member of pick[name](group.members, { step, parameter: parameter[step] ?? 0, note })) {
        const output = outputs.get(member) ?? new StepSeries(member.labels, scope.grid.count);
        outputs.set(member, output);
        output.copySlot(member, step);
      }
    }
  }
  return [...outputs.values()];
}

interface PickStep {
  readonly step: number;
  readonly parameter: number;
  readonly note: (annotation: Annotation) => void;
}

type Pick = (members: readonly StepSeries[], at: PickStep) => readonly StepSeries[];

const pick: Readonly<Record<PickName, Pick>> = {
  topk: (members, at) => pickExtreme(members, { ...at, name: 'topk', sign: -1 }),
  bottomk: (members, at) => pickExtreme(members, { ...at, name: 'bottomk', sign: 1 }),
  limitk: (members, { step, parameter }) => {
    const present = members.filter(({ kinds }) => kinds[step] !== slot.empty);
    return present.slice(0, Math.max(0, Math.trunc(parameter)));
  },
  limit_ratio: (members, { step, parameter }) => {
    const ratio = Math.min(1, Math.max(-1, parameter));
    const present = members.filter(({ kinds }) => kinds[step] !== slot.empty);
    if (ratio === 0) return [];
    return present.filter(({ labels }) => {
      const offset = sampleOffset(labels);
      return ratio > 0 ? offset < ratio : offset >= 1 + ratio;
    });
  },
};

/** The k largest or smallest floats, best first; NaN comes last, earlier series win ties. */
function pickExtreme(
  members: readonly StepSeries[],
  { step, parameter, note, name, sign }: PickStep & { readonly name: string; readonly sign: 1 | -1 },
): StepSeries[] {
  const k = Math.trunc(parameter);
  if (k < 1) return [];
  const best: StepSeries[] = [];
  for (const member of members) {
    if (member.kinds[step] === slot.float) {
      if (best.length < k || isBetter(member, best[k - 1], { step, sign })) insertByRank(best, member, { step, sign });
      if (best.length > k) best.pop();
    } else if (member.kinds[step] === slot.histogram) note(annotate.histogramIgnored(name));
  }
  return best;
}

interface Ranking {
  readonly step: number;
  readonly sign: 1 | -1;
}

function isBetter(a: StepSeries, b: StepSeries | undefined, { step, sign }: Ranking): boolean {
  return compareNaNLast(sign * (a.floats[step] ?? 0), sign * (b?.floats[step] ?? 0)) < 0;
}

/** Puts a series behind those that are as good. */
function insertByRank(best: StepSeries[], added: StepSeries, ranking: Ranking): void {
  let low = 0;
  let high = best.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isBetter(added, best[middle], ranking)) high = middle;
    else low = middle + 1;
  }
  best.splice(low, 0, added);
}

function compareNaNLast(a: number, b: number): number {
  if (Number.isNaN(a)) return Number.isNaN(b) ? 0 : 1;
  if (Number.isNaN(b)) return -1;
  return a < b ? -1 : a > b ? 1 : 0;
}

function noteRatio(scope: Scope, { param }: Aggregation, { min, max }: { min: number; max: number }): void {
  if (param === undefined) return;
  if (max > 1) scope.session.annotations.add(annotate.invalidRatio(max, 1), param);
  if (min < -1) scope.session.annotations.add(annotate.invalidRatio(min, -1), param);
}

function summarize(parameter: Float64Array): { min: number; max: number; hasNaN: boolean } {
  // NaN among them makes both NaN, and no early way out is taken.
  const min = parameter.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const max = parameter.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  return { min, max, hasNaN: Number.isNaN(min) };
}
