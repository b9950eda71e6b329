// Binary operators: scalars with scalars, vectors with scalars, and by vector matching vectors with vectors.
import type { BinaryExpr } from '../ast.ts';
import { Labels } from '../labels.ts';
import type { Scope } from '../selection/session.ts';
import { failExecution, mergeSameLabels, StepSeries, slot, type Value } from '../values.ts';
import { arithmetic, comparisons, type Element, ElementOperator } from './binary-elements.ts';
import { matchSets } from './binary-sets.ts';
import { matchVectors } from './binary-vectors.ts';

export async function evaluateBinary(scope: Scope, expr: BinaryExpr): Promise<Value> {
  const lhs = await scope.evaluate(expr.lhs);
  const rhs = await scope.evaluate(expr.rhs);
  if (lhs.type === 'scalar' && rhs.type === 'scalar') return combineScalars(scope, expr, lhs.series, rhs.series);
  if (lhs.type === 'vector' && rhs.type === 'scalar') {
    return { type: 'vector', series: combineWithScalar(scope, expr, { vector: lhs.series, scalar: rhs.series }) };
  }
  if (lhs.type === 'scalar' && rhs.type === 'vector') {
    const operands = { vector: rhs.series, scalar: lhs.series, isSwapped: true };
    return { type: 'vector', series: combineWithScalar(scope, expr, operands) };
  }
  if (lhs.type !== 'vector' || rhs.type !== 'vector') throw new Error('operands of a wrong type passed validation');
  const isSet = expr.op === 'and' || expr.op === 'or' || expr.op === 'unless';
  const series = await (isSet ? matchSets : matchVectors)(scope, expr, { lhs: lhs.series, rhs: rhs.series });
  scope.session.charge(series.length * scope.grid.count);
  return { type: 'vector', series };
}

function combineScalars({ grid }: Scope, { op }: BinaryExpr, lhs: StepSeries, rhs: StepSeries): Value {
  const compute = arithmetic[op];
  const test = comparisons[op];
  const result = new StepSeries(Labels.empty, grid.count);
  for (let step = 0; step < grid.count; step++) {
    const a = lhs.floats[step] ?? 0;
    const b = rhs.floats[step] ?? 0;
    if (compute) result.setFloat(step, compute(a, b));
    else if (test) result.setFloat(step, test(a, b) ? 1 : 0);
    else failExecution(`operator "${op}" not allowed for Scalar operations`);
  }
  return { type: 'scalar', series: result };
}

interface VectorAndScalar {
  readonly vector: readonly StepSeries[];
  readonly scalar: StepSeries;
  /** The scalar stands on the left. */
  readonly isSwapped?: boolean;
}

function combineWithScalar(
  { grid, session }: Scope,
  expr: BinaryExpr,
  { vector, scalar, isSwapped = false }: VectorAndScalar,
): StepSeries[] {
  const operator = new ElementOperator(expr);
  const { outcome } = operator;
  const isComparison = comparisons[expr.op] !== undefined;
  const changesMeaning = arithmetic[expr.op] !== undefined || expr.returnBool;
  const out: StepSeries[] = [];
  const element: Element = { float: 0, histogram: undefined };
  const number: Element = { float: 0, histogram: undefined };
  for (const series of vector) {
    const result = new StepSeries(changesMeaning ? series.labels.dropMetricName() : series.labels, grid.count);
    for (let step = 0; step < grid.count; step++) {
      if (series.kinds[step] === slot.empty) continue;
      element.float = series.floats[step] ?? 0;
      element.histogram = series.histogramAt(step);
      number.float = scalar.floats[step] ?? 0;
      if (!(isSwapped ? operator.apply(number, element) : operator.apply(element, number))) continue;
      // A comparison lets the vector's value through, on whichever side it stands.
      const kept = isComparison && isSwapped ? element : outcome;
      if (expr.returnBool) result.setFloat(step, outcome.keep ? 1 : 0);
      else if (!outcome.keep) continue;
      else if (kept.histogram) result.setHistogram(step, kept.histogram);
      else result.setFloat(step, kept.float);
    }
    operator.flush(session);
    if (!result.isEmpty) out.push(result);
  }
  session.charge(out.length * grid.count);
  return mergeSameLabels(out);
}
