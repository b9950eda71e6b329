// Sums and means over the members of a group at one step.
import { type Annotation, annotate } from '../annotations.ts';
import { averageList, type HistogramFold } from '../functions/histograms-over-time.ts';
import { averageOf } from '../functions/over-time.ts';
import { sumAligned } from '../histogram/aligned.ts';
import {
  addCompensated,
  addHistograms,
  type CompensatedHistogram,
  IncompatibleHistograms,
} from '../histogram/combine.ts';
import { compact, emptyHistogram, type FloatHistogram } from '../histogram/float-histogram.ts';
import { KahanSum } from '../histogram/kahan.ts';
import { metricNameLabel } from '../labels.ts';
import { type StepSeries, slot } from '../values.ts';

export function sumFloats(members: readonly StepSeries[], step: number): number {
  let sum: KahanSum | undefined;
  for (const { kinds, floats } of members) {
    if (kinds[step] !== slot.float) continue;
    if (sum) sum.add(floats[step] ?? 0);
    else sum = new KahanSum(floats[step]);
  }
  return sum?.total ?? 0;
}

export function averageFloats(members: readonly StepSeries[], step: number, count: number): number {
  const present = members.filter(({ kinds }) => kinds[step] === slot.float);
  return averageOf(count, (i) => present[i]?.floats[step] ?? 0);
}

/** Sum or mean of the histograms of a group; undefined, with a note, if they do not go together. */
export function aggregateHistograms(
  members: readonly StepSeries[],
  of: { readonly step: number; readonly kind: 'sum' | 'avg'; readonly note: (annotation: Annotation) => void },
): FloatHistogram | undefined {
  const { step, kind, note } = of;
  const present = members.filter((member) => member.histogramAt(step) !== undefined);
  const list = present.map((member) => member.histogramAt(step) ?? emptyHistogram);
  const hints = list.map((histogram) => histogram.hint);
  const collide = () => {
    if (hints.includes('reset') && hints.includes('not_reset')) note(annotate.resetCollision('aggregation'));
  };
  const quick = kind === 'sum' ? sumAligned(list) : undefined;
  if (quick !== undefined) {
    collide();
    return quick;
  }
  let at = 0;
  const fold: HistogramFold = {
    add: (sum, next) => {
      at++;
      const { result, combined } = addCompensated(sum, next);
      if (combined.boundsReconciled) note(annotate.boundsReconciled('aggregation'));
      return result;
    },
    finish: ({ sum, error }) => (error ? addHistograms(sum, error).histogram : sum),
  };
  try {
    const result = kind === 'avg' ? averageList(list, fold) : sumList(list, fold);
    collide();
    return compact(result);
  } catch (error) {
    if (!(error instanceof IncompatibleHistograms)) throw error;
    note(annotate.mixedExponentialCustom(present[at]?.labels.get(metricNameLabel) ?? ''));
    return undefined;
  }
}

function sumList(list: readonly FloatHistogram[], { add, finish }: HistogramFold): FloatHistogram {
  const [first, ...rest] = list;
  if (first === undefined) throw new Error('a sum of no histograms');
  return finish(rest.reduce(add, { sum: first, error: undefined } as CompensatedHistogram));
}
