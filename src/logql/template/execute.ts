// Runs a parsed template on one line's labels. Errors carry Go's text, which ends up in __error_details__.
import { formatGoValue } from '../../std/go-format.ts';
import { callFunction, type FunctionTable, TemplateCallError } from './call.ts';
import type { Command, Operand, ParsedTemplate, Pipeline, TemplateNode } from './nodes.ts';
import { GoTime, isTruthy, typeName, type Value } from './value.ts';

/** A template that failed on a line: `template: line:1:2: executing "line" at <div 1 0>: …`. */
export class TemplateExecError extends Error {}

// Lines and templates are hostile input: neither may fill the memory.
const maxOutputChars = 1 << 20;
const maxSteps = 100_000;

/** Runs a template. `data` is the value of the dot. @throws TemplateExecError */
export function executeTemplate(template: ParsedTemplate, data: Value, functions: FunctionTable): string {
  return new Execution(template, data, functions).run();
}

class StopLoop {
  readonly kind: 'break' | 'continue';
  constructor(kind: 'break' | 'continue') {
    this.kind = kind;
  }
}

class Execution {
  readonly #template: ParsedTemplate;
  readonly #functions: FunctionTable;
  readonly #data: Value;
  #variables: { name: string; value: Value }[];
  #out = '';
  #steps = 0;
  #depth = 0;

  constructor(template: ParsedTemplate, data: Value, functions: FunctionTable) {
    this.#template = template;
    this.#functions = functions;
    this.#data = data;
    this.#variables = [{ name: '$', value: data }];
  }

  run(): string {
    this.#runNodes(this.#template.nodes, this.#data);
    return this.#out;
  }

  #runNodes(nodes: readonly TemplateNode[], dot: Value): StopLoop | undefined {
    for (const node of nodes) {
      const stop = this.#runNode(node, dot);
      if (stop) return stop;
    }
    return undefined;
  }

  #runNode(node: TemplateNode, dot: Value): StopLoop | undefined {
    if (++this.#steps > maxSteps) throw this.#fail(node, 'exceeded maximum number of steps');
    if (node.kind === 'text') this.#write(node, node.text);
    else if (node.kind === 'action') {
      const value = this.#evalPipeline(node.pipeline, dot);
      if (node.pipeline.declares.length === 0) this.#write(node, formatGoValue(value ?? null, '<no value>'));
    } else if (node.kind === 'if' || node.kind === 'with') return this.#runCondition(node, dot);
    else if (node.kind === 'range') this.#runRange(node, dot);
    else if (node.kind === 'template') this.#runTemplate(node, dot);
    else return new StopLoop(node.kind);
    return undefined;
  }

  #runCondition(node: Extract<TemplateNode, { kind: 'if' | 'with' | 'range' }>, dot: Value): StopLoop | undefined {
    return this.#inScope(() => {
      const value = this.#evalPipeline(node.pipeline, dot);
      if (!isTruthy(value)) return this.#runNodes(node.otherwise, dot);
      return this.#runNodes(node.body, node.kind === 'with' ? value : dot);
    });
  }

  #runRange(node: Extract<TemplateNode, { kind: 'if' | 'with' | 'range' }>, dot: Value): void {
    this.#inScope(() => {
      const value = this.#evalPipeline(node.pipeline, dot, { declare: false });
      const entries = listEntries(value);
      if (!entries)
        throw this.#fail(node.pipeline, `range can't iterate over ${formatGoValue(value ?? null, '<no value>')}`);
      let any = false;
      for (const [key, element] of entries) {
        any = true;
        const stop = this.#inScope(() => {
          this.#declareLoop(node.pipeline, key, element);
          return this.#runNodes(node.body, element);
        });
        if (stop?.kind === 'break') break;
      }
      if (!any) this.#runNodes(node.otherwise, dot);
    });
  }

  #declareLoop(pipeline: Pipeline, key: Value, element: Value): void {
    const [first, second] = pipeline.declares;
    if (first === undefined) return;
    if (second === undefined) this.#variables.push({ name: first, value: element });
    else this.#variables.push({ name: first, value: key }, { name: second, value: element });
  }

  #runTemplate(node: Extract<TemplateNode, { kind: 'template' }>, dot: Value): void {
    const nodes = this.#template.defined.get(node.name);
    if (!nodes) throw this.#fail(node, `template ${JSON.stringify(node.name)} not defined`);
    if (++this.#depth > 100) throw this.#fail(node, 'exceeded maximum template depth (100000)');
    const data = node.pipeline ? this.#evalPipeline(node.pipeline, dot) : null;
    const outer = this.#variables;
    this.#variables = [{ name: '$', value: data }];
    this.#runNodes(nodes, data);
    this.#variables = outer;
    this.#depth--;
  }

  #inScope<T>(run: () => T): T {
    const mark = this.#variables.length;
    const result = run();
    this.#variables.length = mark;
    return result;
  }

  #evalPipeline(pipeline: Pipeline, dot: Value, options: { declare?: boolean } = {}): Value {
    let value: Value;
    for (const [index, command] of pipeline.commands.entries()) {
      value = this.#evalCommand(command, dot, index === 0 ? [] : [value]);
    }
    if (options.declare !== false) this.#assign(pipeline, value);
    return value;
  }

  #assign(pipeline: Pipeline, value: Value): void {
    for (const name of pipeline.declares) {
      const known = pipeline.assigns ? this.#variables.findLast((variable) => variable.name === name) : undefined;
      if (known) known.value = value;
      else this.#variables.push({ name, value });
    }
  }

  #evalCommand(command: Command, dot: Value, piped: readonly Value[]): Value {
    const [first, ...rest] = command.operands;
    if (first === undefined) throw this.#fail(command, 'empty command');
    if (first.kind !== 'function') {
      if (rest.length > 0 || piped.length > 0) {
        if (first.kind === 'field') throw this.#fail(first, `${first.path.at(-1)} is not a method but has arguments`);
        throw this.#fail(first, `can't give argument to non-function ${first.text}`);
      }
      return this.#evalOperand(first, dot);
    }
    return this.#call({ node: command, at: first, operands: rest, dot, piped });
  }

  #call(of: {
    node: Command | Operand;
    at: Operand & { kind: 'function' };
    operands: readonly Operand[];
    dot: Value;
    piped: readonly Value[];
  }): Value {
    const { node, at, operands, dot, piped } = of;
    try {
      return callFunction(this.#functions, {
        name: at.name,
        operands,
        evaluate: (operand) => this.#evalOperand(operand, dot),
        piped,
      });
    } catch (error) {
      if (!(error instanceof TemplateCallError)) throw error;
      throw this.#fail(error.operand ?? (error.inFunction ? node : at), error.message);
    }
  }

  #evalOperand(operand: Operand, dot: Value): Value {
    if (operand.kind === 'string' || operand.kind === 'number' || operand.kind === 'bool') return operand.value;
    if (operand.kind === 'nil') throw this.#fail(operand, 'nil is not a command');
    if (operand.kind === 'dot') return dot;
    if (operand.kind === 'field') return this.#follow(operand, dot, operand.path);
    if (operand.kind === 'function') return this.#call({ node: operand, at: operand, operands: [], dot, piped: [] });
    if (operand.kind === 'pipeline') {
      return this.#follow(operand, this.#evalPipeline(operand.pipeline, dot), operand.path);
    }
    const variable = this.#variables.findLast(({ name }) => name === operand.name);
    return this.#follow(operand, variable?.value, operand.path);
  }

  #follow(operand: Operand, start: Value, path: readonly string[]): Value {
    let value = start;
    for (const name of path) {
      if (value instanceof Map) {
        // The dot maps names to texts, so a missing label is an empty text.
        value = value.get(name) ?? (value === this.#data ? '' : undefined);
      } else if (value === null || value === undefined) {
        throw this.#fail(operand, `nil data; no entry for key ${JSON.stringify(name)}`);
      } else throw this.#fail(operand, `can't evaluate field ${name} in type ${typeName(value)}`);
    }
    return value;
  }

  #write(node: TemplateNode, text: string): void {
    this.#out += text;
    if (this.#out.length > maxOutputChars) throw this.#fail(node, 'output is too long');
  }

  #fail(node: { readonly pos: number; readonly text: string }, message: string): TemplateExecError {
    const { name, source } = this.#template;
    const before = source.slice(0, node.pos);
    const line = before.split('\n').length;
    const column = Buffer.byteLength(before.slice(before.lastIndexOf('\n') + 1));
    return new TemplateExecError(
      `template: ${name}:${line}:${column}: executing ${JSON.stringify(name)} at <${node.text}>: ${message}`,
    );
  }
}

function listEntries(value: Value): Iterable<readonly [Value, Value]> | undefined {
  if (Array.isArray(value)) return value.map((element: Value, index) => [BigInt(index), element] as const);
  if (value instanceof Map) return [...value].sort(([a], [b]) => (a < b ? -1 : 1));
  if (value === null || value === undefined) return [];
  if (typeof value === 'bigint') return count(value);
  return value instanceof GoTime ? undefined : undefined;
}

function* count(upTo: bigint): Generator<readonly [Value, Value]> {
  for (let i = 0n; i < upTo; i++) yield [i, i];
}
