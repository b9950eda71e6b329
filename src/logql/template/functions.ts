// All functions that templates may call, gathered from one file per kind.
// https://grafana.com/docs/loki/latest/query/template_functions/
import type { FunctionTable, TemplateFunction } from './call.ts';
import { basicFunctions } from './functions-basic.ts';
import { comparisonFunctions } from './functions-comparison.ts';
import { numberFunctions } from './functions-number.ts';
import { textFunctions } from './functions-text.ts';
import { timeFunctions } from './functions-time.ts';

export const templateFunctions: FunctionTable = new Map<string, TemplateFunction>(
  Object.entries({
    ...basicFunctions,
    ...comparisonFunctions,
    ...textFunctions,
    ...numberFunctions,
    ...timeFunctions,
  }),
);
