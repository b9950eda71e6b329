// How a budget is refused: one place that turns a text and a place in it into the catalogue's errors.
import { ObsError } from '../../errors/obs-error.ts';
import { describePosition } from '../../std/text-position.ts';
import type { Place } from './ast.ts';

/** Where a budget was written. A shell eats `>`; YAML eats ` #`; so the advice differs. */
export interface BudgetOrigin {
  readonly kind: 'argument' | 'yaml' | 'tool';
  /** `argument 1`, `obs.yaml:42`. */
  readonly source: string;
}

export interface Refusal {
  readonly detail: string;
  readonly at: Place;
  readonly expected?: readonly string[];
  /** The whole budget, as it was probably meant. */
  readonly suggestion?: string | undefined;
}

/** A budget that is not in the grammar, or has no meaning. */
export function refuse(text: string, origin: BudgetOrigin, refusal: Refusal): ObsError {
  const position = describePosition(text, refusal.at.start, refusal.at.end);
  return new ObsError('OBS_BUDGET_REFUSED', {
    budget: text,
    source: origin.source,
    detail: refusal.detail,
    line: position.line,
    column: position.column,
    caret: position.caret,
    expected: refusal.expected ?? [],
    suggestion: refusal.suggestion ?? null,
  });
}

/** A budget that ends where its comparison should stand. */
export function refuseMissingComparison(text: string, origin: BudgetOrigin): ObsError {
  return new ObsError('OBS_BUDGET_WITHOUT_COMPARISON', {
    budget: text,
    source: origin.source,
    fromShell: origin.kind === 'argument',
  });
}

/** A quote that is never closed; in YAML usually because ` #` began a comment. */
export function refuseUnclosedQuote(text: string, origin: BudgetOrigin, start: number): ObsError {
  const position = describePosition(text, start);
  return new ObsError('OBS_BUDGET_UNCLOSED_QUOTE', {
    budget: text,
    source: origin.source,
    column: position.column,
    caret: position.caret,
    quote: text.charAt(start),
    fromYaml: origin.kind === 'yaml',
  });
}
