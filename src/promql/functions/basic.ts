// Functions that turn vectors into scalars and back, and those about presence and time of samples.
import type { Call } from '../ast.ts';
import { Labels } from '../labels.ts';
import { findSampleAt, selectInstant } from '../selection/selectors.ts';
import { type Scope, stepTime } from '../selection/session.ts';
import { mergeSameLabels, StepSeries, slot } from '../values.ts';
import { listAbsentLabels } from './absent.ts';
import { argument, asVector, evaluateScalar, evaluateVector } from './arguments.ts';
import { makeScalar } from './math.ts';
import type { VectorFunction } from './vector-functions.ts';

export const basicFunctions = {
  absent: async (scope, call) => {
    const input = await evaluateVector(scope, call);
    const absent = new StepSeries(listAbsentLabels(unwrapInvariant(call)), scope.grid.count);
    for (let step = 0; step < scope.grid.count; step++) {
      if (input.every(({ kinds }) => kinds[step] === slot.empty)) absent.setFloat(step, 1);
    }
    return asVector(absent.isEmpty ? [] : [absent]);
  },
  scalar: async (scope, call) => {
    const input = await evaluateVector(scope, call);
    return makeScalar(scope.grid.count, (step) => {
      const floats = input.filter(({ kinds }) => kinds[step] === slot.float);
      return floats.length === 1 ? (floats[0]?.floats[step] ?? Number.NaN) : Number.NaN;
    });
  },
  vector: async (scope, call) => {
    const floats = await evaluateScalar(scope, call, 0);
    const series = new StepSeries(Labels.empty, scope.grid.count);
    for (let step = 0; step < scope.grid.count; step++) series.setFloat(step, floats[step] ?? 0);
    return asVector([series]);
  },
  timestamp: async (scope, call) => {
    const arg = argument(call, 0);
    const series =
      arg.type === 'vectorSelector' ? await readSampleTimes(scope, call) : await readStepTimes(scope, call);
    return asVector(mergeSameLabels(series));
  },
  // Start timestamps are an experiment that is off in the servers we stand in for; without it the answer is empty.
  start_timestamp: async (scope, call) => {
    await evaluateVector(scope, call);
    return asVector([]);
  },
} satisfies Record<string, VectorFunction>;

async function readSampleTimes(scope: Scope, call: Call): Promise<StepSeries[]> {
  const selector = argument(call, 0);
  if (selector.type !== 'vectorSelector') return [];
  const { lookbackMs } = scope.session.settings;
  const out: StepSeries[] = [];
  for (const samples of await selectInstant(scope, selector)) {
    const found = findSampleAt(samples, selector, { grid: scope.grid, lookbackMs });
    const result = new StepSeries(samples.labels.dropMetricName(), scope.grid.count);
    found.forEach((index, step) => {
      if (index !== -1) result.setFloat(step, (samples.times[index] ?? 0) / 1000);
    });
    if (!result.isEmpty) out.push(result);
  }
  return out;
}

async function readStepTimes(scope: Scope, call: Call): Promise<StepSeries[]> {
  return (await evaluateVector(scope, call)).map(({ labels, kinds }) => {
    const result = new StepSeries(labels.dropMetricName(), kinds.length);
    kinds.forEach((kind, step) => {
      if (kind !== slot.empty) result.setFloat(step, stepTime(scope.grid, step) / 1000);
    });
    return result;
  });
}

function unwrapInvariant(call: Call) {
  const arg = argument(call, 0);
  return arg.type === 'stepInvariant' ? arg.expr : arg;
}
