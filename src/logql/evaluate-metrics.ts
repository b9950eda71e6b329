// Metric queries: the tree becomes a tree of step evaluators, which are asked for one vector per step.
import { QueryError } from '../errors/query-error.ts';
import type { BinaryExpr, Grouping, MetricExpr, RangeAggregation, VectorAggregation } from './ast.ts';
import { type Breather, breathe } from './breathe.ts';
import { type ExtractOptions, extractSamples } from './extract-samples.ts';
import { Aggregator } from './functions/aggregations.ts';
import { LabelReplacer } from './functions/label-replace.ts';
import { compute, VectorMatcher } from './functions/vector-matching.ts';
import { windowFunctions } from './functions/windows.ts';
import { pipelineError } from './pipeline-error.ts';
import type { SampleSeries } from './sample-series.ts';
import type { LogSource } from './source.ts';
import { tooManySeries } from './too-many-series.ts';
import {
  compareLabels,
  type Label,
  type Labels,
  type MetricResult,
  makeLabels,
  noLabels,
  type QueryStats,
  type Sample,
} from './values.ts';

export interface MetricQueryOptions {
  readonly startNs: bigint;
  readonly endNs: bigint;
  /** 0 asks for one step at `startNs`: an instant query. */
  readonly stepNs: bigint;
  readonly maxSeries: number;
  readonly breather: Breather;
  readonly stats: QueryStats;
}

type StepEvaluator = (step: number) => Promise<Sample[]>;

/** After so many samples a step gives way: a quantile over them takes a few milliseconds. */
const samplesAtAStretch = 32_768;

/** Evaluates a metric query. @throws QueryError when lines failed, labels clash, or there are too many series. */
export async function evaluateMetrics(
  expr: MetricExpr,
  source: LogSource,
  options: MetricQueryOptions,
): Promise<MetricResult> {
  const instant = options.stepNs === 0n;
  const timeMs = Number(options.startNs / 1_000_000n);
  if (instant && expr.kind === 'literal') return { kind: 'scalar', value: expr.value, timeMs };
  const evaluate = await new Builder(source, options, expr).build(expr);
  if (!instant) return evaluateRange(evaluate, options);
  const samples = await evaluate(0);
  if (samples.length > options.maxSeries) throw tooManySeries(options.maxSeries);
  if (!keepsOrder(expr)) samples.sort((a, b) => compareLabels(a.labels, b.labels));
  return { kind: 'vector', samples, timeMs };
}

async function evaluateRange(evaluate: StepEvaluator, options: MetricQueryOptions): Promise<MetricResult> {
  const { startNs, endNs, stepNs, maxSeries, breather } = options;
  const steps = Number((endNs - startNs) / stepNs) + 1;
  const series = new Map<string, { labels: Labels; timesMs: number[]; values: number[] }>();
  const keys = new Map<Labels, string>();
  for (let step = 0; step < steps; step++) {
    const timeMs = Number((startNs + BigInt(step) * stepNs) / 1_000_000n);
    for (const { labels, value } of await evaluate(step)) {
      let key = keys.get(labels);
      if (key === undefined) {
        key = JSON.stringify(labels);
        keys.set(labels, key);
      }
      let one = series.get(key);
      if (!one) {
        one = { labels, timesMs: [], values: [] };
        series.set(key, one);
        if (series.size > maxSeries) throw tooManySeries(maxSeries);
      }
      one.timesMs.push(timeMs);
      one.values.push(value);
    }
    await breathe(breather);
  }
  return { kind: 'matrix', series: [...series.values()].sort((a, b) => compareLabels(a.labels, b.labels)) };
}

// Results come sorted by labels, unless the query sorts by value itself.
function keepsOrder(expr: MetricExpr): boolean {
  if (expr.kind === 'vector_aggregation')
    return expr.op === 'sort' || expr.op === 'sort_desc' || keepsOrder(expr.inner);
  if (expr.kind === 'binary') return keepsOrder(expr.left) || keepsOrder(expr.right);
  return expr.kind === 'label_replace' && keepsOrder(expr.inner);
}

const pushedDown: ReadonlySet<string> = new Set([
  'count_over_time',
  'rate',
  'bytes_over_time',
  'bytes_rate',
  'sum_over_time',
]);

/** Series that an aggregation may read; each costs about a kilobyte until the query ends. */
const maxInnerSeries = 50_000;

class Builder {
  readonly #source: LogSource;
  readonly #options: MetricQueryOptions;
  readonly #root: MetricExpr;

  constructor(source: LogSource, options: MetricQueryOptions, root: MetricExpr) {
    this.#source = source;
    this.#options = options;
    this.#root = root;
  }

  async build(expr: MetricExpr): Promise<StepEvaluator> {
    switch (expr.kind) {
      case 'literal':
      case 'vector':
        return async () => [{ labels: noLabels, value: expr.value }];
      case 'range_aggregation':
        return this.#buildRange(expr, expr.grouping);
      case 'vector_aggregation':
        return this.#buildVector(expr);
      case 'label_replace': {
        const inner = await this.build(expr.inner);
        const replacer = new LabelReplacer(expr);
        return async (step) => replacer.replace(await inner(step));
      }
      case 'binary':
        return this.#buildBinary(expr);
    }
  }

  async #buildVector(expr: VectorAggregation): Promise<StepEvaluator> {
    if (expr.op === 'approx_topk') throw this.#refuseApproxTopk();
    const { inner } = expr;
    const push = expr.op === 'sum' && inner.kind === 'range_aggregation' && pushedDown.has(inner.op) && !inner.grouping;
    const grouping = expr.grouping ?? { without: false, labels: [] };
    const evaluate = push ? await this.#buildRange(inner, grouping) : await this.build(inner);
    const aggregator = new Aggregator(expr);
    return async (step) => aggregator.aggregate(await evaluate(step));
  }

  #refuseApproxTopk(): QueryError {
    const text = 'approx_topk is not enabled. See -limits.shard_aggregations';
    return new QueryError({ language: 'logql', kind: 'unsupported', message: text, serverText: text, httpStatus: 500 });
  }

  async #buildBinary(expr: BinaryExpr): Promise<StepEvaluator> {
    const { op, returnBool, left, right } = expr;
    if (left.kind === 'literal' || right.kind === 'literal') {
      const [vector, literal] = left.kind === 'literal' ? [right, left] : [left, right];
      const inner = await this.build(vector);
      const number = literal.kind === 'literal' ? literal.value : Number.NaN;
      return async (step) =>
        (await inner(step)).flatMap(({ labels, value }) => {
          const computed =
            left.kind === 'literal' ? compute(op, number, value, returnBool) : compute(op, value, number, returnBool);
          if (computed === undefined) return [];
          const filtered = left.kind === 'literal' && computed === number && !returnBool && isFilter(op);
          return [{ labels, value: filtered ? value : computed }];
        });
    }
    const [a, b] = [await this.build(left), await this.build(right)];
    const matcher = new VectorMatcher(expr);
    return async (step) => matcher.combine(await a(step), await b(step));
  }

  async #buildRange(expr: RangeAggregation, grouping: Grouping | undefined): Promise<StepEvaluator> {
    const { startNs, endNs, stepNs, breather, stats } = this.#options;
    const rangeNs = BigInt(expr.range.rangeNs);
    const offsetNs = BigInt(expr.range.offsetNs);
    // Windows are open at their start and closed at their end.
    const window = { startNs: startNs - rangeNs - offsetNs + 1n, endNs: endNs - offsetNs + 1n };
    const extract: ExtractOptions = {
      op: expr.op,
      range: expr.range,
      grouping,
      window,
      originNs: startNs - offsetNs,
      maxSeries: expr === this.#root ? this.#options.maxSeries : maxInnerSeries,
      breather,
      stats,
    };
    const series = await extractSamples(this.#source, extract);
    const windows = series.map((one) => new WindowWalk(one, expr.range.rangeNs));
    const at = (step: number) => step * Number(stepNs);
    if (expr.op === 'absent_over_time') return buildAbsent(expr, windows, at);
    const compute = windowFunctions[expr.op];
    const rangeSeconds = expr.range.rangeNs / 1e9;
    const parameter = expr.parameter ?? 0;
    return async (step) => {
      const samples: Sample[] = [];
      let stretch = 0;
      for (const walk of windows) {
        if (!walk.moveTo(at(step))) continue;
        if (walk.series.failed) throw pipelineError(walk.series.labels);
        const { series, from, to } = walk;
        samples.push({ labels: series.labels, value: compute({ series, from, to, rangeSeconds, parameter }) });
        stretch += to - from;
        if (stretch < samplesAtAStretch) continue;
        stretch = 0;
        await breathe(breather);
      }
      return samples;
    };
  }
}

function isFilter(op: string): boolean {
  return op === '==' || op === '!=' || op === '>' || op === '>=' || op === '<' || op === '<=';
}

function buildAbsent(expr: RangeAggregation, windows: WindowWalk[], at: (step: number) => number): StepEvaluator {
  const labels = labelsOfAbsence(expr);
  return async (step) => {
    let present = false;
    for (const walk of windows) {
      if (!walk.moveTo(at(step))) continue;
      if (walk.series.failed) throw pipelineError(walk.series.labels);
      present = true;
    }
    return present ? [] : [{ labels, value: 1 }];
  };
}

// Names that are matched for equality exactly once tell what is absent.
function labelsOfAbsence(expr: RangeAggregation): Labels {
  const { matchers } = expr.range.log;
  const once = matchers.filter(({ name }) => matchers.filter((other) => other.name === name).length === 1);
  return makeLabels(once.filter(({ type }) => type === '=').map(({ name, value }): Label => [name, value]));
}

/** The window of one series, moved forward step by step. */
class WindowWalk {
  readonly series: SampleSeries;
  from = 0;
  to = 0;
  readonly #rangeNs: number;

  constructor(series: SampleSeries, rangeNs: number) {
    this.series = series;
    this.#rangeNs = rangeNs;
  }

  /** Moves to the window that ends at `time`; false: it is empty. Times must not go back. */
  moveTo(time: number): boolean {
    const { times, length } = this.series;
    while (this.to < length && (times[this.to] ?? 0) <= time) this.to++;
    const start = time - this.#rangeNs;
    while (this.from < this.to && (times[this.from] ?? 0) <= start) this.from++;
    return this.from < this.to;
  }
}
