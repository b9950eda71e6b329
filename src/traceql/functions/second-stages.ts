// What may follow a metrics function: topk, bottomk, and comparisons that drop samples.
import type * as ast from '../ast.ts';
import { groupKey } from '../values.ts';
import type { Series } from './series.ts';

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

// For each interval by itself. Of equal samples the series whose labels sort first (topk: last) is taken.
function takeExtremes(input: readonly Series[], { type, limit }: ast.TopK): readonly Series[] {
  if (input.length <= limit) return input;
  const sign = type === 'topk' ? -1 : 1;
  const order = [...input].map((s) => ({ s, key: s.labels.map((l) => l.name + groupKey(l.value)).join() }));
  order.sort((a, b) => (a.key < b.key ? -1 : 1) * sign);
  const kept = new Map(input.map((s) => [s, new Float64Array(s.values.length).fill(Number.NaN)]));
  const intervals = input[0]?.values.length ?? 0;
  for (let i = 0; i < intervals; i++) {
    const present = order.filter(({ s }) => !Number.isNaN(s.values[i] ?? Number.NaN));
    present.sort((a, b) => sign * (a.s.values[i]! - b.s.values[i]!)); // present ones have a value
    for (const { s } of present.slice(0, limit)) kept.get(s)!.fill(s.values[i]!, i, i + 1); // every series of the input has an entry
  }
  return input.map((s) => ({ ...s, values: kept.get(s) ?? s.values }));
}
