// Stages of the tree to stages that run. Line filters move before the parsers up to the last stage that rewrites lines with
// line_format, since they are the cheapest; that is Loki's order, visible where unpack or decolorize change the line.
import type { LineFilterStage, StageExpr } from '../ast.ts';
import { compileDecolorize } from './decolorize.ts';
import { compileDropOrKeep } from './drop-keep.ts';
import { compileJson } from './json.ts';
import { compileJsonExpressions } from './json-expressions.ts';
import { type JsonGuard, makeJsonGuard } from './json-guard.ts';
import { compileLabelFilter } from './label-filter.ts';
import { compileLabelFormat } from './label-format.ts';
import { compileLineFilter } from './line-filter.ts';
import { compileLineFormat } from './line-format.ts';
import { compileLogfmt } from './logfmt.ts';
import { ParserHints } from './parser-hints.ts';
import { compilePatternStage } from './pattern.ts';
import { compileRegexp } from './regexp.ts';
import type { Stage } from './stage.ts';
import { compileUnpack } from './unpack.ts';

type StageOf<Kind extends StageExpr['kind']> = Extract<StageExpr, { kind: Kind }>;

const compilers: { readonly [Kind in StageExpr['kind']]: (stage: StageOf<Kind>) => Stage } = {
  line_filter: compileLineFilter,
  json: (stage) => (stage.extractions.length === 0 ? compileJson() : compileJsonExpressions(stage)),
  logfmt: compileLogfmt,
  regexp: compileRegexp,
  pattern: compilePatternStage,
  unpack: compileUnpack,
  label_filter: compileLabelFilter,
  line_format: compileLineFormat,
  label_format: compileLabelFormat,
  drop: compileDropOrKeep,
  keep: compileDropOrKeep,
  decolorize: compileDecolorize,
};

export interface CompiledStage {
  readonly expr: StageExpr;
  readonly stage: Stage;
}

/** Compiles stages, in the order in which they run. @throws StageRefusal */
export function compilePipeline(stages: readonly StageExpr[], hints: ParserHints = ParserHints.all): CompiledStage[] {
  const ordered = orderStages(stages);
  return ordered.map((expr, index) => {
    const stage = compileStage(expr);
    const guard =
      expr.kind === 'json' && expr.extractions.length === 0
        ? makeJsonGuard(ordered.slice(index + 1), hints)
        : undefined;
    return { expr, stage: guard ? guardStage(guard, stage) : stage };
  });
}

function guardStage(guard: JsonGuard, stage: Stage): Stage {
  return { process: (row) => guard.passes(row) && stage.process(row) };
}

/** The order in which stages run. */
export function orderStages(stages: readonly StageExpr[]): StageExpr[] {
  const ordered: StageExpr[] = [];
  let filters: LineFilterStage[] = [];
  let rest: StageExpr[] = [];
  for (const stage of stages) {
    if (stage.kind === 'line_filter') filters.push(stage);
    else rest.push(stage);
    if (stage.kind === 'line_format') {
      ordered.push(...filters, ...rest);
      filters = [];
      rest = [];
    }
  }
  return [...ordered, ...filters, ...rest];
}

function compileStage(expr: StageExpr): Stage {
  // The table's type says that each compiler takes the stage of its own kind.
  return (compilers[expr.kind] as (expr: StageExpr) => Stage)(expr);
}
