// count_values: how many series have each value, the value becoming a label.
import { formatGoFixed } from '../../std/go-strconv.ts';
import type { Aggregation } from '../ast.ts';
import { printHistogram } from '../histogram/print.ts';
import { isValidLabelName } from '../labels.ts';
import type { Scope } from '../selection/session.ts';
import { failExecution, StepSeries, slot } from '../values.ts';
import { pickGroupLabels } from './aggregation.ts';

export function countValues(
  { grid }: Scope,
  { grouping, without }: Aggregation,
  { label, input }: { readonly label: string; readonly input: readonly StepSeries[] },
): StepSeries[] {
  if (!isValidLabelName(label)) failExecution(`invalid label name ${JSON.stringify(label)}`);
  const wanted = { grouping: without ? grouping : [...grouping, label], without };
  const outputs = new Map<string, StepSeries>();
  for (const series of input) {
    for (let step = 0; step < grid.count; step++) {
      if (series.kinds[step] === slot.empty) continue;
      const histogram = series.histogramAt(step);
      const value = histogram ? printHistogram(histogram) : formatGoFixed(series.floats[step] ?? 0);
      const labels = pickGroupLabels(series.labels.with([[label, value]]), wanted);
      const output = outputs.get(labels.key) ?? new StepSeries(labels, grid.count);
      outputs.set(labels.key, output);
      output.setFloat(step, (output.floats[step] ?? 0) + 1);
    }
  }
  return [...outputs.values()];
}
