// `| line_format "{{.a}} …"`: the template's output becomes the line. A template that fails marks the line and leaves it.
import type { LineFormatStage } from '../ast.ts';
import { printStage } from '../print.ts';
import { TemplateExecError } from '../template/execute.ts';
import { LineTemplate } from '../template/line-template.ts';
import { TemplateSyntaxError } from '../template/nodes.ts';
import type { Row } from './row.ts';
import { type Stage, StageRefusal } from './stage.ts';

/** Compiles `| line_format`. @throws StageRefusal */
export function compileLineFormat(stage: LineFormatStage): Stage {
  const template = parse(stage);
  return {
    reads: template.labelsRead,
    process(row: Row): boolean {
      try {
        row.setText(template.run(row));
      } catch (error) {
        if (!(error instanceof TemplateExecError)) throw error;
        row.labels.setError('TemplateFormatErr', error.message);
      }
      return true;
    },
  };
}

function parse(stage: LineFormatStage): LineTemplate {
  try {
    return new LineTemplate('line', stage.template);
  } catch (error) {
    if (!(error instanceof TemplateSyntaxError)) throw error;
    throw new StageRefusal(
      stage,
      `stage '${printStage(stage)}' : invalid line template: ${error.message}`,
      error.message,
    );
  }
}
