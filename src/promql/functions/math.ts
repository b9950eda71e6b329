// Functions of one number, applied to every float of a vector; rounding and clamping take scalars as well.
import type { Call } from '../ast.ts';
import { Labels } from '../labels.ts';
import { type Scope, stepTime } from '../selection/session.ts';
import { mergeSameLabels, StepSeries, type Value } from '../values.ts';
import { asVector, evaluateScalar, evaluateVector, mapFloats } from './arguments.ts';
import type { VectorFunction } from './vector-functions.ts';

const each =
  (change: (value: number) => number): VectorFunction =>
  async (scope, call) =>
    asVector(mergeSameLabels(mapFloats(await evaluateVector(scope, call), change)));

export const mathFunctions = {
  abs: each(Math.abs),
  acos: each(Math.acos),
  acosh: each(Math.acosh),
  asin: each(Math.asin),
  asinh: each(Math.asinh),
  atan: each(Math.atan),
  atanh: each(Math.atanh),
  ceil: each(Math.ceil),
  cos: each(Math.cos),
  cosh: each(Math.cosh),
  deg: each((value) => (value * 180) / Math.PI),
  exp: each(Math.exp),
  floor: each(Math.floor),
  ln: each(Math.log),
  log10: each(Math.log10),
  log2: each(Math.log2),
  rad: each((value) => (value * Math.PI) / 180),
  sgn: each((value) => (value < 0 ? -1 : value > 0 ? 1 : value)),
  sin: each(Math.sin),
  sinh: each(Math.sinh),
  sqrt: each(Math.sqrt),
  tan: each(Math.tan),
  tanh: each(Math.tanh),
  clamp: (scope, call) => clamp(scope, call, { min: 1, max: 2 }),
  clamp_min: (scope, call) => clamp(scope, call, { min: 1 }),
  clamp_max: (scope, call) => clamp(scope, call, { max: 1 }),
  round: async (scope, call) => {
    const input = await evaluateVector(scope, call);
    const nearest = call.args.length > 1 ? await evaluateScalar(scope, call, 1) : undefined;
    const rounded = mapFloats(input, (value, step) => {
      // Multiplying by the inverse loses less than dividing.
      const inverse = 1 / (nearest?.[step] ?? 1);
      return Math.floor(value * inverse + 0.5) / inverse;
    });
    return asVector(mergeSameLabels(rounded));
  },
  pi: async ({ grid }) => makeScalar(grid.count, () => Math.PI),
  time: async ({ grid }) => makeScalar(grid.count, (step) => stepTime(grid, step) / 1000),
  max_of: (scope, call) => pairScalars(scope, call, Math.max),
  min_of: (scope, call) => pairScalars(scope, call, Math.min),
} satisfies Record<string, VectorFunction>;

/** A scalar with a value for every step. */
export function makeScalar(count: number, valueAt: (step: number) => number): Value {
  const series = new StepSeries(Labels.empty, count);
  for (let step = 0; step < count; step++) series.setFloat(step, valueAt(step));
  return { type: 'scalar', series };
}

async function pairScalars(scope: Scope, call: Call, combine: (a: number, b: number) => number): Promise<Value> {
  const a = await evaluateScalar(scope, call, 0);
  const b = await evaluateScalar(scope, call, 1);
  return makeScalar(scope.grid.count, (step) => combine(a[step] ?? 0, b[step] ?? 0));
}

async function clamp(
  scope: Scope,
  call: Call,
  limits: { readonly min?: number; readonly max?: number },
): Promise<Value> {
  const input = await evaluateVector(scope, call);
  const least = limits.min === undefined ? undefined : await evaluateScalar(scope, call, limits.min);
  const most = limits.max === undefined ? undefined : await evaluateScalar(scope, call, limits.max);
  const out = mapFloats(input, (value, step) => {
    const min = least?.[step] ?? Number.NEGATIVE_INFINITY;
    const max = most?.[step] ?? Number.POSITIVE_INFINITY;
    return Math.max(min, Math.min(max, value));
  });
  if (least && most) {
    for (const series of out) {
      // Limits that exclude everything leave nothing.
      for (let step = 0; step < scope.grid.count; step++) {
        if ((most[step] ?? 0) < (least[step] ?? 0)) series.kinds[step] = 0;
      }
    }
  }
  return asVector(mergeSameLabels(out.filter((series) => !series.isEmpty)));
}
