// Evaluates a prepared tree on a grid of steps: one method per kind of node, found in a table.
import type { Expr, UnaryExpr } from '../ast.ts';
import { isRangeFunctionName } from '../functions/range-functions.ts';
import { isVectorFunctionName, vectorFunctions } from '../functions/vector-functions.ts';
import { scale } from '../histogram/float-histogram.ts';
import { Labels } from '../labels.ts';
import { evaluateMatrix, evaluateSelector } from '../selection/selectors.ts';
import type { Scope, Session } from '../selection/session.ts';
import { type Grid, mergeSameLabels, StepSeries, slot, type Value } from '../values.ts';
import { evaluateAggregation } from './aggregation.ts';
import { evaluateBinary } from './binary.ts';
import { evaluateRangeCall } from './range-call.ts';
import { evaluateSubquery } from './subquery.ts';

/** Evaluates a tree that prepare.ts has made ready. @throws QueryError */
export function evaluateOn(session: Session, grid: Grid, expr: Expr): Promise<Value> {
  return new Evaluator(session, grid, 'any').evaluate(expr);
}

/** What is wanted of native histograms below a node: everything, or only count and sum. */
type HistogramNeed = 'any' | 'stats' | 'buckets';

type Of<T extends Expr['type']> = Extract<Expr, { type: T }>;

class Evaluator implements Scope {
  readonly session: Session;
  readonly grid: Grid;
  readonly #need: HistogramNeed;

  constructor(session: Session, grid: Grid, need: HistogramNeed) {
    this.session = session;
    this.grid = grid;
    this.#need = need;
  }

  on(grid: Grid): Scope {
    // A subquery needs buckets to see restarts between its own steps.
    return new Evaluator(this.session, grid, 'buckets');
  }

  evaluate = async (expr: Expr): Promise<Value> => {
    const pause = this.session.settings.pause();
    if (pause) await pause;
    // Each entry takes the kind of node it is listed under.
    const handle = handlers[expr.type] as (evaluator: Evaluator, expr: Expr) => Promise<Value>;
    return handle(this, expr);
  };

  get statsOnly(): boolean {
    return this.#need === 'stats';
  }

  /** The same evaluation with another view of what is needed of histograms; `buckets` cannot be taken back. */
  needing(need: HistogramNeed): Evaluator {
    if (need === this.#need || this.#need === 'buckets') return this;
    return new Evaluator(this.session, this.grid, need);
  }
}

const statsFunctions = ['histogram_count', 'histogram_sum', 'histogram_avg'];
const bucketFunctions = ['histogram_quantile', 'histogram_quantiles', 'histogram_fraction'];

const handlers: { readonly [T in Expr['type']]: (evaluator: Evaluator, expr: Of<T>) => Promise<Value> } = {
  number: async ({ grid }, expr) => ({ type: 'scalar', series: fillConstant(grid, expr.value) }),
  string: async (_evaluator, expr) => ({ type: 'string', value: expr.value }),
  vectorSelector: async (evaluator, expr) => ({
    type: 'vector',
    series: await evaluateSelector(evaluator, expr, { statsOnly: evaluator.statsOnly }),
  }),
  matrixSelector: async (evaluator, expr) => ({ type: 'matrix', series: await evaluateMatrix(evaluator, expr) }),
  subquery: async (evaluator, expr) => ({ type: 'matrix', series: await evaluateSubquery(evaluator, expr) }),
  paren: (evaluator, expr) => evaluator.evaluate(expr.expr),
  unary: evaluateUnary,
  binary: (evaluator, expr) =>
    evaluateBinary(expr.op === '</' || expr.op === '>/' ? evaluator.needing('buckets') : evaluator, expr),
  aggregation: async (evaluator, expr) => ({ type: 'vector', series: await evaluateAggregation(evaluator, expr) }),
  call: evaluateCall,
  stepInvariant: evaluateInvariant,
};

async function evaluateCall(outer: Evaluator, call: Of<'call'>): Promise<Value> {
  let evaluator = outer;
  if (statsFunctions.includes(call.name)) evaluator = outer.needing('stats');
  else if (bucketFunctions.includes(call.name)) evaluator = outer.needing('buckets');
  if (isRangeFunctionName(call.name)) {
    return { type: 'vector', series: await evaluateRangeCall(evaluator, call, { statsOnly: evaluator.statsOnly }) };
  }
  if (isVectorFunctionName(call.name)) return vectorFunctions[call.name](evaluator, call);
  throw new Error(`function ${call.name} has no implementation`);
}

async function evaluateUnary(evaluator: Evaluator, expr: UnaryExpr): Promise<Value> {
  const value = await evaluator.evaluate(expr.expr);
  if (expr.op === '+') return value;
  if (value.type === 'scalar') return { type: 'scalar', series: negate(value.series) };
  if (value.type !== 'vector') throw new Error(`negation of a ${value.type} passed validation`);
  return { type: 'vector', series: mergeSameLabels(value.series.map(negate)) };
}

function negate(series: StepSeries): StepSeries {
  const result = new StepSeries(series.labels.dropMetricName(), series.kinds.length);
  for (let step = 0; step < series.kinds.length; step++) {
    const histogram = series.histogramAt(step);
    if (histogram) result.setHistogram(step, scale(histogram, -1));
    else if (series.kinds[step] === slot.float) result.setFloat(step, -(series.floats[step] ?? 0));
  }
  return result;
}

/** Evaluates at the first step and repeats the result at all others. */
async function evaluateInvariant(evaluator: Evaluator, { expr }: Of<'stepInvariant'>): Promise<Value> {
  const { grid, session } = evaluator;
  const need = evaluator.statsOnly ? 'stats' : 'any';
  const value = await new Evaluator(session, { ...grid, count: 1 }, need).evaluate(expr);
  if (value.type === 'scalar') return { type: 'scalar', series: repeat(value.series, grid.count) };
  if (value.type !== 'vector') return value;
  session.charge(value.series.length * grid.count);
  return { type: 'vector', series: value.series.map((series) => repeat(series, grid.count)) };
}

function repeat(series: StepSeries, count: number): StepSeries {
  if (count === 1) return series;
  const result = new StepSeries(series.labels, count);
  for (let step = 0; step < count; step++) {
    const histogram = series.histogramAt(0);
    if (histogram) result.setHistogram(step, histogram);
    else result.setFloat(step, series.floats[0] ?? 0);
  }
  return result;
}

function fillConstant({ count }: Grid, value: number): StepSeries {
  const series = new StepSeries(Labels.empty, count);
  series.kinds.fill(slot.float);
  series.floats.fill(value);
  return series;
}
