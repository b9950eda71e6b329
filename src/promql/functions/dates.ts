// Parts of a date (UTC) for values that are seconds since 1970; without an argument, of the evaluation time.
import type { Call } from '../ast.ts';
import { type Scope, stepTime } from '../evaluation/session.ts';
import { Labels } from '../labels.ts';
import { mergeSameLabels, StepSeries, type Value } from '../values.ts';
import { asVector, evaluateVector, mapFloats } from './arguments.ts';
import type { VectorFunction } from './vector-functions.ts';

const dayMs = 86_400_000;

const part =
  (read: (date: Date) => number): VectorFunction =>
  (scope, call) =>
    readDates(scope, call, read);

export const dateFunctions = {
  year: part((date) => date.getUTCFullYear()),
  month: part((date) => date.getUTCMonth() + 1),
  day_of_month: part((date) => date.getUTCDate()),
  day_of_week: part((date) => date.getUTCDay()),
  day_of_year: part((date) => {
    const midnight = Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate());
    return (midnight - Date.UTC(date.getUTCFullYear(), 0, 1)) / dayMs + 1;
  }),
  days_in_month: part((date) => new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate()),
  hour: part((date) => date.getUTCHours()),
  minute: part((date) => date.getUTCMinutes()),
} satisfies Record<string, VectorFunction>;

async function readDates(scope: Scope, call: Call, read: (date: Date) => number): Promise<Value> {
  if (call.args.length > 0) {
    const input = await evaluateVector(scope, call);
    return asVector(mergeSameLabels(mapFloats(input, (value) => read(new Date(Math.trunc(value) * 1000)))));
  }
  const result = new StepSeries(Labels.empty, scope.grid.count);
  for (let step = 0; step < scope.grid.count; step++) {
    result.setFloat(step, read(new Date(Math.trunc(stepTime(scope.grid, step) / 1000) * 1000)));
  }
  return asVector([result]);
}
