// Reading the arguments of a call: validate.ts has checked their types, so a wrong one here is a bug.
import type { Call, Expr } from '../ast.ts';
import type { Scope } from '../selection/session.ts';
import { StepSeries, slot, type Value } from '../values.ts';

/** The value of a vector argument. */
export async function evaluateVector(scope: Scope, call: Call, index = 0): Promise<readonly StepSeries[]> {
  const value = await scope.evaluate(argument(call, index));
  if (value.type !== 'vector') throw new Error(`argument ${index} of ${call.name} is a ${value.type}`);
  return value.series;
}

/** The values of a scalar argument, by step. */
export async function evaluateScalar(scope: Scope, call: Call, index: number): Promise<Float64Array> {
  const value = await scope.evaluate(argument(call, index));
  if (value.type !== 'scalar') throw new Error(`argument ${index} of ${call.name} is a ${value.type}`);
  return value.series.floats;
}

/** The text of a string argument. */
export function readString(call: Call, index: number): string {
  const arg = unwrap(argument(call, index));
  if (arg.type !== 'string') throw new Error(`argument ${index} of ${call.name} is no string`);
  return arg.value;
}

export function argument(call: Call, index: number): Expr {
  const arg = call.args[index];
  if (arg === undefined) throw new Error(`${call.name} has no argument ${index}`);
  return arg;
}

/** A new series per input, each float changed, histograms left out, the metric name dropped. */
export function mapFloats(
  series: readonly StepSeries[],
  change: (value: number, step: number) => number,
): StepSeries[] {
  const out: StepSeries[] = [];
  for (const { kinds, floats, labels } of series) {
    const result = new StepSeries(labels.dropMetricName(), kinds.length);
    let isEmpty = true;
    for (let step = 0; step < kinds.length; step++) {
      if (kinds[step] !== slot.float) continue;
      result.setFloat(step, change(floats[step] ?? 0, step));
      isEmpty = false;
    }
    if (!isEmpty) out.push(result);
  }
  return out;
}

export function asVector(series: readonly StepSeries[]): Value {
  return { type: 'vector', series };
}

function unwrap(expr: Expr): Expr {
  return expr.type === 'paren' || expr.type === 'stepInvariant' ? unwrap(expr.expr) : expr;
}
