// Runs a metrics query: spans found by the pipeline, sorted into series and intervals.
import type { QueryError } from '../errors/query-error.ts';
import type * as ast from './ast.ts';
import { compareSpans } from './compare.ts';
import { makeInvalid } from './errors.ts';
import { type Plan, planTraceql } from './evaluate.ts';
import type { Coded, Field } from './fields.ts';
import { ExemplarCollector } from './functions/exemplars.ts';
import { Intervals, type MetricsWindow } from './functions/intervals.ts';
import { largestPower, log2Power } from './functions/log2.ts';
import { type ReadNumbers, readCoded, readColumn, readEach } from './functions/numbers.ts';
import {
  type Accumulator,
  avgOverTime,
  countOverTime,
  maxOverTime,
  minOverTime,
  sumOverTime,
} from './functions/over-time.ts';
import { toQuantiles } from './functions/quantile.ts';
import { applySecondStages } from './functions/second-stages.ts';
import type { Label, Series } from './functions/series.ts';
import { SeriesTable, type Tally } from './functions/series-table.ts';
import type { Room } from './kernels/room.ts';
import { printAttribute } from './print.ts';
import { forEachBatch } from './scan.ts';
import type { TraceSource } from './source.ts';
import { impliedType } from './types.ts';
import { nil, toFloat } from './values.ts';

export interface MetricsOptions extends MetricsWindow {
  /** At most so many exemplars in all; 0: none. */
  readonly exemplars: number;
}

const nanosPerSecond = 1e9;
export const bucketLabel = '__bucket';

/** Runs a validated metrics query over an aligned window. @throws QueryError if it is no metrics query, or fails */
export function runMetrics(query: ast.Query, source: TraceSource, options: MetricsOptions): Series[] {
  const { metrics } = query;
  if (!metrics) throw makeNotMetrics(query);
  const plan = planTraceql(query, source);
  if (plan.isNoop) return [];
  if (metrics.type === 'compare') return compareSpans(metrics, { plan, source, window: options });
  const intervals = new Intervals(options);
  const exemplars = new ExemplarCollector(options, source, plan.show);
  const table = makeTable(metrics, { source, plan, intervals });
  const seriesAt = (i: number, row: number) => table.seriesAt(i, row);
  forEachBatch(source, plan, intervals, (batch) => {
    table.add(batch);
    exemplars.offer(batch, seriesAt);
  });
  exemplars.attach(
    table.tallies,
    metrics.op === 'rate' || metrics.op === 'count_over_time' ? undefined : readNumber(metrics, source, plan),
  );
  const series =
    metrics.op === 'quantile_over_time'
      ? toQuantiles(table.tallies, {
          quantiles: metrics.quantiles,
          intervals: intervals.count,
          room: plan.room,
          counts: () => table.counts,
        })
      : table.tallies.map((tally) => seriesOf(tally, table));
  return applySecondStages(series, query.secondStages).filter((s) => s.values.some((v) => !Number.isNaN(v)));
}

function seriesOf(tally: Tally, table: SeriesTable): Series {
  const { labels, bucket, exemplars } = tally;
  const all = bucket === undefined ? labels : [...labels, { name: bucketLabel, value: bucket }];
  return { labels: all, values: table.read(tally), exemplars };
}

interface TableContext {
  readonly source: TraceSource;
  readonly plan: Plan;
  readonly intervals: Intervals;
}

function makeTable(metrics: ast.MetricsAggregate, { source, plan, intervals }: TableContext): SeriesTable {
  const by = metrics.by.map(({ ref }) => ({ name: printAttribute(ref), field: fieldOf(ref, plan) }));
  const isBucketed = metrics.op === 'histogram_over_time' || metrics.op === 'quantile_over_time';
  const buckets = isBucketed ? bucketField(metrics, source, plan) : undefined;
  return new SeriesTable({
    room: plan.room,
    by,
    buckets,
    // Without groups there is one series, even if no span was found.
    alone: by.length === 0 && !buckets && metrics.op !== 'avg_over_time' ? [metricName(metrics.op)] : undefined,
    nameless: buckets ? [] : [metricName(metrics.op)],
    intervals,
    starts: source.spans,
    accumulator: makeAccumulator(metrics.op, intervals, plan.room),
    readNumbers: isBucketed ? undefined : makeNumberReader(metrics, source, plan),
  });
}

function metricName(op: string): Label {
  return { name: '__name__', value: { type: 'string', value: op } };
}

function makeAccumulator(op: ast.MetricsOp, { stepSeconds }: Intervals, room: Room): Accumulator {
  if (op === 'min_over_time') return minOverTime(room);
  if (op === 'max_over_time') return maxOverTime(room);
  if (op === 'sum_over_time') return sumOverTime(room);
  if (op === 'avg_over_time') return avgOverTime(room);
  return countOverTime(room, op === 'rate' ? 1 / stepSeconds : 1);
}

// The filters' view of an attribute comes before what was fetched for the metric.
function fieldOf(ref: ast.AttributeRef, { firstPass, secondPass }: Plan): Field {
  if (!firstPass.asks(ref)) return secondPass.field(ref);
  const first = firstPass.field(ref);
  if (!secondPass.asks(ref)) return first;
  const second = secondPass.field(ref);
  return { get: (row) => first.get(row) ?? second.get(row) };
}

/** Reads the number that a function is over: durations of spans in seconds, others in nanoseconds; NaN if there is none. */
function readNumber(metrics: ast.MetricsAggregate, source: TraceSource, plan: Plan): (row: number) => number {
  const durationOf = makeDurationReader(metrics, source, plan);
  if (durationOf) return (row) => durationOf(row) / nanosPerSecond;
  if (!metrics.attribute) return () => 1;
  const field = fieldOf(metrics.attribute.ref, plan);
  return (row) => toFloat(field.get(row) ?? nil);
}

// Where the filters compare durations, Tempo reads only those that pass a comparison; of other spans the duration is 0.
function makeDurationReader(
  { attribute }: ast.MetricsAggregate,
  { spans }: TraceSource,
  { firstPass, everyDurationPasses }: Plan,
): ((row: number) => number) | undefined {
  if (attribute?.ref.intrinsic !== 'duration') return undefined;
  const { durationNs } = spans;
  if (everyDurationPasses) return (row) => durationNs[row]!; // rows are of the source
  const field = firstPass.field(attribute.ref);
  return (row) => (field.get(row) ? durationNs[row]! : 0);
}

/** The same for many spans; undefined if the function is over none. */
function makeNumberReader(metrics: ast.MetricsAggregate, source: TraceSource, plan: Plan): ReadNumbers | undefined {
  if (!metrics.attribute) return undefined;
  const { room } = plan;
  const durationOf = makeDurationReader(metrics, source, plan);
  if (durationOf && plan.everyDurationPasses) return readColumn(room, source.spans.durationNs, nanosPerSecond);
  const { coded } = fieldOf(metrics.attribute.ref, plan);
  return coded ? readCoded(room, coded) : readEach(room, readNumber(metrics, source, plan));
}

// Floats have no buckets in Tempo; spans with one are left out.
function bucketField(metrics: ast.MetricsAggregate, source: TraceSource, plan: Plan): Coded {
  const durationOf = makeDurationReader(metrics, source, plan);
  if (durationOf)
    return makeBuckets(durationOf, nanosPerSecond, plan.everyDurationPasses ? source.spans.durationNs : undefined);
  const field = metrics.attribute ? fieldOf(metrics.attribute.ref, plan) : { get: () => undefined };
  const isDuration = metrics.attribute?.ref.intrinsic !== undefined && impliedType(metrics.attribute) === 'duration';
  return makeBuckets(
    (row) => {
      const value = field.get(row);
      return value?.type === 'int' || value?.type === 'duration' ? Number(value.value) : 0;
    },
    isDuration ? nanosPerSecond : 1,
  );
}

// A bucket's code is its power of two; below 2 there is none. `numbers`: what `read` reads, if that is a column.
function makeBuckets(read: (row: number) => number, divisor: number, numbers?: Float64Array): Coded {
  return {
    size: largestPower,
    idOf: (row) => log2Power(read(row)) ?? -1,
    at: (power) => (power === -1 ? undefined : { type: 'float', value: 2 ** power / divisor }),
    ...(numbers ? { powersOf: numbers } : {}),
  };
}

function makeNotMetrics(query: ast.Query): QueryError {
  return makeInvalid('', query.pipeline, {
    message: 'this query finds traces; for a metric, end it with a function such as | rate()',
    serverText: 'not a metrics query',
  });
}
