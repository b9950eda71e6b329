// Subqueries: an instant expression evaluated on a grid of its own, whose steps become the samples of a range vector.
import type { Subquery } from '../ast.ts';
import type { FloatHistogram } from '../histogram/float-histogram.ts';
import { referenceTime } from '../selection/selectors.ts';
import { type Scope, stepTime } from '../selection/session.ts';
import { type Grid, type RangeSeries, type StepSeries, slot } from '../values.ts';

/** Evaluates a subquery over all times that the steps of the outer grid look at. */
export async function evaluateSubqueryAsRange(scope: Scope, subquery: Subquery): Promise<RangeSeries[]> {
  // A subquery might see a restart twice or not at all, so hints about restarts say nothing here.
  const series = await evaluateSubquery(scope, subquery);
  return series.map((one) => ({
    ...one,
    histograms: one.histograms.map((histogram) =>
      histogram.hint === 'gauge' ? histogram : { ...histogram, hint: 'unknown' as const },
    ),
  }));
}

/** Evaluates a subquery as it stands: the value of an instant query. */
export async function evaluateSubquery(scope: Scope, subquery: Subquery): Promise<RangeSeries[]> {
  const grid = makeGrid(scope, subquery);
  if (grid.count <= 0) return [];
  scope.session.expect(grid.count);
  const value = await scope.on(grid).evaluate(subquery.expr);
  if (value.type !== 'vector') throw new Error(`a subquery of type ${value.type} passed validation`);
  return value.series.map((series) => collectSamples(series, grid));
}

/** Steps are multiples of the interval since 1970, so that neighbouring subqueries see the same samples. */
function makeGrid({ grid, session }: Scope, subquery: Subquery): Grid {
  const stepMs = subquery.stepMs === 0 ? session.settings.defaultStepMs : subquery.stepMs;
  const first = referenceTime(subquery, grid.startMs) - subquery.rangeMs;
  const last = referenceTime(subquery, stepTime(grid, grid.count - 1));
  let startMs = stepMs * Math.trunc(first / stepMs);
  if (startMs <= first) startMs += stepMs;
  return { startMs, stepMs, count: Math.floor((last - startMs) / stepMs) + 1 };
}

function collectSamples(series: StepSeries, grid: Grid): RangeSeries {
  const times = new Float64Array(grid.count);
  const values = new Float64Array(grid.count);
  let count = 0;
  const histogramTimes: number[] = [];
  const histograms: FloatHistogram[] = [];
  for (let step = 0; step < grid.count; step++) {
    const histogram = series.histogramAt(step);
    if (histogram !== undefined) {
      histogramTimes.push(stepTime(grid, step));
      histograms.push(histogram);
    } else if (series.kinds[step] === slot.float) {
      times[count] = stepTime(grid, step);
      values[count] = series.floats[step] ?? 0;
      count++;
    }
  }
  return {
    labels: series.labels,
    times: times.subarray(0, count),
    values: values.subarray(0, count),
    histogramTimes,
    histograms,
  };
}
