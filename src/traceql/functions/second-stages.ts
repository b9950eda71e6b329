// What may follow a metrics function: topk, bottomk, and comparisons that drop samples.
import type * as ast from '../ast.ts';
import { compareText, compareValues } from '../values.ts';
import type { Label, Series } from './series.ts';

/** Applies the stages in order. Samples that are dropped become NaN. */
export function applySecondStages(series: readonly Series[], stages: readonly ast.SecondStage[]): readonly Series[] {
  return stages.reduce<readonly Series[]>(
    (input, stage) => (stage.type === 'metricsFilter' ? filterSamples(input, stage) : takeExtremes(input, stage)),
    series,
  );
}

const tests: Readonly<Record<ast.ComparisonOp, (a: number, b: number) => boolean>> = {
  '=': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
};

function filterSamples(input: readonly Series[], { op, value }: ast.MetricsFilter): Series[] {
  const holds = (v: number) => !Number.isNaN(v) && tests[op](v, value);
  return input
    .map((s) => ({
      ...s,
      values: s.values.map((v) => (holds(v) ? v : Number.NaN)),
      exemplars: s.exemplars.filter((e) => holds(e.value)),
    }))
    .filter((s) => s.values.some((v) => !Number.isNaN(v)));
}

// For each interval by itself. Of equal samples topk takes the series that sorts first, bottomk the one that sorts last.
function takeExtremes(input: readonly Series[], { type, limit }: ast.TopK): readonly Series[] {
  if (input.length <= limit) return input;
  const sign = type === 'topk' ? -1 : 1;
  const order = [...input].sort((a, b) => sign * compareLabels(a, b));
  const kept = new Map(input.map((s) => [s, new Float64Array(s.values.length).fill(Number.NaN)]));
  const intervals = input[0]?.values.length ?? 0;
  for (let i = 0; i < intervals; i++) {
    const present = order.filter((s) => !Number.isNaN(s.values[i] ?? Number.NaN));
    present.sort((a, b) => sign * (a.values[i]! - b.values[i]!)); // present ones have a value
    for (const s of present.slice(0, limit)) kept.get(s)?.fill(s.values[i]!, i, i + 1);
  }
  return input.map((s) => ({ ...s, values: kept.get(s) ?? s.values }));
}

// Tempo's order: texts backwards, then names backwards, then types and numbers forwards.
function compareLabels(a: Series, b: Series): number {
  for (const [i, label] of a.labels.entries()) {
    const other = b.labels[i];
    if (!other) return 1;
    const order =
      compareText(textOf(other), textOf(label)) ||
      compareText(other.name, label.name) ||
      compareValues(label.value, other.value);
    if (order !== 0) return order;
  }
  return 0;
}

function textOf({ value }: Label): string {
  return value.type === 'string' ? value.value : '';
}
