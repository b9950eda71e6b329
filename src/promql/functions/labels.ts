// label_replace and label_join: values stay, labels change.
import { compileRe2, type Re2, Re2SyntaxError } from '../../std/re2.ts';
import type { Call } from '../ast.ts';
import { isValidLabelName, type Labels } from '../labels.ts';
import type { Scope } from '../selection/session.ts';
import { failExecution, mergeSameLabels, StepSeries, type Value } from '../values.ts';
import { asVector, evaluateVector, readString } from './arguments.ts';
import { expandTemplate } from './expand-template.ts';
import type { VectorFunction } from './vector-functions.ts';

export const labelFunctions = {
  label_replace: async (scope, call) => {
    const [target, template, source, pattern] = [1, 2, 3, 4].map((i) => readString(call, i)) as [
      string,
      string,
      string,
      string,
    ]; // four in, four out
    const regex = compilePattern(pattern);
    checkName(target, 'invalid destination label name in label_replace()');
    return relabel(scope, call, (labels) => {
      const groups = regex.exec(labels.get(source));
      if (groups === undefined) return labels;
      return labels.with([[target, expandTemplate(template, groups, regex.groupNames)]]);
    });
  },
  label_join: async (scope, call) => {
    const target = readString(call, 1);
    const separator = readString(call, 2);
    const sources = call.args.slice(3).map((_, i) => readString(call, i + 3));
    for (const source of sources) checkName(source, 'invalid source label name in label_join()');
    checkName(target, 'invalid destination label name in label_join()');
    return relabel(scope, call, (labels) =>
      labels.with([[target, sources.map((source) => labels.get(source)).join(separator)]]),
    );
  },
} satisfies Record<string, VectorFunction>;

async function relabel(scope: Scope, call: Call, change: (labels: Labels) => Labels): Promise<Value> {
  const input = await evaluateVector(scope, call);
  const changed = input.map((series) => {
    const labels = change(series.labels);
    if (labels === series.labels) return series;
    const copy = new StepSeries(labels, 0);
    return Object.assign(copy, { kinds: series.kinds, floats: series.floats, histograms: series.histograms });
  });
  return asVector(mergeSameLabels(changed));
}

function compilePattern(pattern: string): Re2 {
  try {
    return compileRe2(`^(?s:${pattern})$`);
  } catch (error) {
    if (!(error instanceof Re2SyntaxError)) throw error;
    return failExecution(`invalid regular expression in label_replace(): ${pattern}`);
  }
}

function checkName(name: string, complaint: string): void {
  if (!isValidLabelName(name)) failExecution(`${complaint}: ${name}`);
}
