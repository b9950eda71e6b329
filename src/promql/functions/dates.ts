// Parts of a date (UTC) for values that are seconds since 1970; without an argument, of the evaluation time.
import type { Call } from '../ast.ts';
import { Labels } from '../labels.ts';
import { type Scope, stepTime } from '../selection/session.ts';
import { mergeSameLabels, StepSeries, type Value } from '../values.ts';
import { asVector, evaluateVector, mapFloats } from './arguments.ts';
import { type DateParts, readDate } from './go-date.ts';
import type { VectorFunction } from './vector-functions.ts';

const part =
  (name: keyof DateParts): VectorFunction =>
  (scope, call) =>
    readPart(scope, call, name);

export const dateFunctions = {
  year: part('year'),
  month: part('month'),
  day_of_month: part('day'),
  day_of_week: part('weekday'),
  day_of_year: part('yearDay'),
  days_in_month: part('daysInMonth'),
  hour: part('hour'),
  minute: part('minute'),
} satisfies Record<string, VectorFunction>;

async function readPart(scope: Scope, call: Call, name: keyof DateParts): Promise<Value> {
  if (call.args.length > 0) {
    const input = await evaluateVector(scope, call);
    return asVector(mergeSameLabels(mapFloats(input, (value) => readDate(value)[name])));
  }
  const result = new StepSeries(Labels.empty, scope.grid.count);
  for (let step = 0; step < scope.grid.count; step++) {
    result.setFloat(step, readDate(stepTime(scope.grid, step) / 1000)[name]);
  }
  return asVector([result]);
}
