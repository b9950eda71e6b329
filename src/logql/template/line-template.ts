// A template as the format stages run it: the dot is the line's labels, and __line__ and __timestamp__ give the rest.
import type { Labels } from '../values.ts';
import { executeTemplate } from './execute.ts';
import { templateFunctions } from './functions.ts';
import type { Operand, ParsedTemplate, Pipeline, TemplateNode } from './nodes.ts';
import { parseTemplate } from './parser.ts';
import { GoTime, type Value } from './value.ts';

/** What a template sees of a line. */
export interface TemplateLine {
  readonly text: string;
  readonly labels: { flat(): Labels };
  readonly timestampNs: () => bigint;
}

export class LineTemplate {
  /** Labels that the template names. */
  readonly labelsRead: readonly string[];
  readonly #template: ParsedTemplate;
  readonly #functions = new Map(templateFunctions);
  #line: TemplateLine | undefined;

  /** @throws TemplateSyntaxError */
  constructor(name: 'line' | 'label', source: string) {
    const known = (word: string) => templateFunctions.has(word) || word === '__line__' || word === '__timestamp__';
    this.#template = parseTemplate({ name, source, known });
    this.#functions.set('__line__', { parameters: [], run: () => this.#line?.text ?? '' });
    this.#functions.set('__timestamp__', { parameters: [], run: () => new GoTime(this.#line?.timestampNs() ?? 0n) });
    this.labelsRead = [...new Set([...this.#template.nodes].flatMap(fieldsOf))];
  }

  /** The output for one line. @throws TemplateExecError */
  run(line: TemplateLine): string {
    const labels = new Map<string, Value>(line.labels.flat());
    this.#line = line;
    return executeTemplate(this.#template, labels, this.#functions);
  }
}

function fieldsOf(node: TemplateNode): string[] {
  const pipeline = 'pipeline' in node && node.pipeline ? fieldsOfPipeline(node.pipeline) : [];
  if (!('body' in node)) return pipeline;
  return [...pipeline, ...node.body.flatMap(fieldsOf), ...node.otherwise.flatMap(fieldsOf)];
}

function fieldsOfPipeline(pipeline: Pipeline): string[] {
  return pipeline.commands.flatMap(({ operands }) => operands.flatMap(fieldsOfOperand));
}

function fieldsOfOperand(operand: Operand): string[] {
  if (operand.kind === 'pipeline') return fieldsOfPipeline(operand.pipeline);
  return operand.kind === 'field' && operand.path[0] !== undefined ? [operand.path[0]] : [];
}
