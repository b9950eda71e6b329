// Filters that a parser may ask as soon as it has found their label, so that lines which cannot pass are dropped unparsed.
// They apply wherever they stand in the pipeline, as in Loki; a stage between them and the parser does not count.
import type { LabelFilterStage, StageExpr } from '../ast.ts';
import { compileLabelFilter, namesOf } from './label-filter.ts';
import type { EarlyFilter } from './parser-hints.ts';

/** The label filters of a pipeline that look at one label each. */
export function listEarlyFilters(stages: readonly StageExpr[]): EarlyFilter[] {
  return stages
    .filter((stage): stage is LabelFilterStage => stage.kind === 'label_filter')
    .filter(({ filter }) => filter.kind !== 'and' && filter.kind !== 'or')
    .flatMap((expr) => [...namesOf(expr.filter)].map((label) => ({ label, stage: compileLabelFilter(expr) })));
}
