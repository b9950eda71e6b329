// All functions over range vectors by name.
import { overTimeFunctions } from './over-time.ts';
import type { RangeFunction } from './range-window.ts';
import { rateFunctions } from './rate.ts';
import { regressionFunctions } from './regression.ts';
import { transitionFunctions } from './transitions.ts';

const table = { ...rateFunctions, ...overTimeFunctions, ...regressionFunctions, ...transitionFunctions };

export type RangeFunctionName = keyof typeof table;

export const rangeFunctions: Readonly<Record<RangeFunctionName, RangeFunction>> = table;

export function isRangeFunctionName(name: string): name is RangeFunctionName {
  return Object.hasOwn(table, name);
}
