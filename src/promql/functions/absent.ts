// The labels that absent() and absent_over_time() can promise: those a selector fixes to one value.
import type { Expr } from '../ast.ts';
import { Labels, metricNameLabel } from '../labels.ts';

/** Labels with exactly one `=` matcher; none if the expression is no selector. */
export function listAbsentLabels(expr: Expr): Labels {
  const selector = expr.type === 'matrixSelector' ? expr.selector : expr;
  if (selector.type !== 'vectorSelector') return Labels.empty;
  const pairs = new Map<string, string>();
  const seen = new Set<string>();
  for (const { type, name, value } of selector.matchers) {
    if (name === metricNameLabel) continue;
    if (type === '=' && !seen.has(name)) {
      pairs.set(name, value);
      seen.add(name);
    } else pairs.delete(name);
  }
  return Labels.from(pairs);
}
