// Which series belong together in vector matching: those that agree on the labels that count.
import type { VectorMatching } from '../ast.ts';
import { type Labels, metricNameLabel } from '../labels.ts';
import type { StepSeries } from '../values.ts';

/** Numbers every match group of the operands from 0. */
export interface Grouping {
  readonly left: Int32Array;
  readonly right: Int32Array;
  readonly count: number;
}

/** The group of every series on both sides. */
export function groupByMatching(
  matching: VectorMatching,
  { lhs, rhs }: { readonly lhs: readonly StepSeries[]; readonly rhs: readonly StepSeries[] },
): Grouping {
  const numbers = new Map<string, number>();
  const number = (series: StepSeries) => {
    const { key } = pickMatchLabels(series.labels, matching);
    const known = numbers.get(key);
    if (known !== undefined) return known;
    numbers.set(key, numbers.size);
    return numbers.size - 1;
  };
  const left = Int32Array.from(lhs, number);
  const right = Int32Array.from(rhs, number);
  return { left, right, count: numbers.size };
}

/** The labels that decide: those of `on (…)`, or all but the name and those of `ignoring (…)`. */
export function pickMatchLabels(labels: Labels, { on, labels: names }: VectorMatching): Labels {
  return on ? labels.keep(names) : labels.drop([metricNameLabel, ...names]);
}
