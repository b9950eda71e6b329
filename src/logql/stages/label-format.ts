// `| label_format a=b, c="{{.d}}"`: renames labels and computes new ones from templates.
import type { LabelFormatStage } from '../ast.ts';
import { printStage } from '../print.ts';
import { TemplateExecError } from '../template/execute.ts';
import { LineTemplate } from '../template/line-template.ts';
import { TemplateSyntaxError } from '../template/nodes.ts';
import { errorLabel } from '../values.ts';
import type { Row } from './row.ts';
import { type Stage, StageRefusal } from './stage.ts';

type Step = (row: Row) => void;

/** Compiles `| label_format`. @throws StageRefusal */
export function compileLabelFormat(stage: LabelFormatStage): Stage {
  checkNames(stage);
  const reads: string[] = [];
  const steps = stage.formats.map(({ to, from, template }): Step => {
    if (template === undefined) {
      reads.push(from);
      return (row) => rename(row, from, to);
    }
    const compiled = parse(stage, to, template);
    reads.push(...compiled.labelsRead);
    return (row) => compute(row, to, compiled);
  });
  return {
    reads,
    process(row) {
      for (const step of steps) step(row);
      return true;
    },
  };
}

function rename({ labels }: Row, from: string, to: string): void {
  const value = labels.get(from);
  if (value === undefined) return;
  const category = labels.categoryOf(from) ?? 'parsed';
  labels.set(category, to, value);
  labels.delete(from);
}

function compute(row: Row, to: string, template: LineTemplate): void {
  try {
    row.labels.set('parsed', to, template.run(row));
  } catch (error) {
    if (!(error instanceof TemplateExecError)) throw error;
    row.labels.setError('TemplateFormatErr', error.message);
  }
}

function checkNames(stage: LabelFormatStage): void {
  const seen = new Set<string>();
  for (const { to } of stage.formats) {
    if (to === errorLabel) throw refusal(stage, `${to} cannot be formatted`);
    if (seen.has(to)) throw refusal(stage, `multiple label name '${to}' not allowed in a single format operation`);
    seen.add(to);
  }
}

function parse(stage: LabelFormatStage, to: string, template: string): LineTemplate {
  try {
    return new LineTemplate('label', template);
  } catch (error) {
    if (!(error instanceof TemplateSyntaxError)) throw error;
    throw refusal(stage, `invalid template for label '${to}': ${error.message}`);
  }
}

function refusal(stage: LabelFormatStage, text: string): StageRefusal {
  return new StageRefusal(stage, `stage '${printStage(stage)}' : ${text}`, text);
}
