// All functions without a range vector among their arguments, by name.
import type { Call } from '../ast.ts';
import type { Scope } from '../selection/session.ts';
import type { Value } from '../values.ts';
import { basicFunctions } from './basic.ts';
import { dateFunctions } from './dates.ts';
import { quantileFunctions } from './histogram-quantile.ts';
import { histogramFunctions } from './histograms.ts';
import { infoFunctions } from './info.ts';
import { labelFunctions } from './labels.ts';
import { mathFunctions } from './math.ts';
import { sortFunctions } from './sort.ts';

/** Evaluates its own arguments, because some functions look at the expression and not at its value. */
export type VectorFunction = (scope: Scope, call: Call) => Promise<Value>;

const table = {
  ...basicFunctions,
  ...dateFunctions,
  ...histogramFunctions,
  ...infoFunctions,
  ...labelFunctions,
  ...mathFunctions,
  ...quantileFunctions,
  ...sortFunctions,
};

export type VectorFunctionName = keyof typeof table;

export const vectorFunctions: Readonly<Record<VectorFunctionName, VectorFunction>> = table;

export function isVectorFunctionName(name: string): name is VectorFunctionName {
  return Object.hasOwn(table, name);
}
