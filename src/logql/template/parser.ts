// Tokens of a template to its tree. Unknown functions are refused here, as Go does, so a typo never reaches a line.
import { GoStringError, unquoteGoString } from '../../std/go-string.ts';
import { lexTemplate, type TemplateToken, type TemplateTokenKind } from './lexer.ts';
import {
  type Command,
  type Operand,
  type ParsedTemplate,
  type Pipeline,
  type TemplateNode,
  TemplateSyntaxError,
} from './nodes.ts';

const maxDepth = 100;

/** Parses a template. `known` says which functions exist. @throws TemplateSyntaxError */
export function parseTemplate(of: {
  readonly name: string;
  readonly source: string;
  readonly known: (name: string) => boolean;
}): ParsedTemplate {
  return new Parser(of).parse();
}

interface Block {
  readonly nodes: TemplateNode[];
  /** What ended it: `end`, `else`, or the end of the template. */
  readonly stop: 'end' | 'else' | 'eof';
}

class Parser {
  readonly #name: string;
  readonly #source: string;
  readonly #known: (name: string) => boolean;
  readonly #tokens: readonly TemplateToken[];
  readonly #defined = new Map<string, readonly TemplateNode[]>();
  #at = 0;
  #depth = 0;
  #variables: string[] = ['$'];
  #loops = 0;

  constructor(of: { name: string; source: string; known: (name: string) => boolean }) {
    this.#name = of.name;
    this.#source = of.source;
    this.#known = of.known;
    this.#tokens = lexTemplate(of.name, of.source);
  }

  parse(): ParsedTemplate {
    const { nodes, stop } = this.#parseBlock();
    if (stop !== 'eof') throw this.#fail(`unexpected {{${stop}}}`);
    return { name: this.#name, source: this.#source, nodes, defined: this.#defined };
  }

  get #token(): TemplateToken {
    return this.#tokens[this.#at] as TemplateToken; // the last token is `end` and is never passed
  }

  #is(kind: TemplateTokenKind): boolean {
    return this.#token.kind === kind;
  }

  #take(): TemplateToken {
    const token = this.#token;
    if (token.kind !== 'end') this.#at++;
    return token;
  }

  #skipSpace(): void {
    while (this.#token.kind === 'space') this.#at++;
  }

  #parseBlock(): Block {
    const nodes: TemplateNode[] = [];
    for (;;) {
      const token = this.#take();
      if (token.kind === 'end') return { nodes, stop: 'eof' };
      if (token.kind === 'text') {
        nodes.push({ kind: 'text', text: token.text, pos: token.pos });
        continue;
      }
      this.#skipSpace();
      const word = this.#token.kind === 'word' ? this.#token.text : '';
      if (word === 'end' || word === 'else') {
        this.#take();
        if (word === 'end') this.#expectClose('end');
        return { nodes, stop: word };
      }
      const node = this.#parseAction(word);
      if (node) nodes.push(node);
    }
  }

  #parseAction(word: string): TemplateNode | undefined {
    const { pos } = this.#token;
    if (word === 'if' || word === 'with' || word === 'range') return this.#parseControl(word);
    if (word === 'define' || word === 'block') return this.#parseDefinition(word);
    if (word === 'template') return this.#parseInvocation(pos);
    if ((word === 'break' || word === 'continue') && this.#loops > 0) {
      this.#take();
      this.#expectClose(word);
      return { kind: word, pos, text: `{{${word}}}` };
    }
    const pipeline = this.#parsePipeline('command', 'close');
    return { kind: 'action', pipeline, pos: pipeline.pos, text: `{{${pipeline.text}}}` };
  }

  #parseControl(kind: 'if' | 'with' | 'range'): TemplateNode {
    if (++this.#depth > maxDepth) throw this.#fail('max template depth exceeded');
    const { pos } = this.#take();
    const scope = this.#variables.length;
    const pipeline = this.#parsePipeline(kind, 'close');
    if (kind === 'range') this.#loops++;
    const body = this.#parseBlock();
    if (kind === 'range') this.#loops--;
    let otherwise: readonly TemplateNode[] = [];
    if (body.stop === 'else') otherwise = this.#parseElse(kind);
    else if (body.stop === 'eof') throw this.#fail('unexpected EOF');
    this.#variables.length = scope;
    this.#depth--;
    return { kind, pipeline, body: body.nodes, otherwise, pos, text: `{{${kind} ${pipeline.text}}}` };
  }

  #parseElse(kind: 'if' | 'with' | 'range'): readonly TemplateNode[] {
    this.#skipSpace();
    const word = this.#token.kind === 'word' ? this.#token.text : '';
    if ((word === 'if' && kind === 'if') || (word === 'with' && kind === 'with')) return [this.#parseControl(word)];
    this.#expectClose('else');
    const block = this.#parseBlock();
    if (block.stop === 'eof') throw this.#fail('unexpected EOF');
    if (block.stop === 'else') throw this.#fail('expected end; found {{else}}');
    return block.nodes;
  }

  #parseDefinition(kind: 'define' | 'block'): TemplateNode | undefined {
    this.#take();
    this.#skipSpace();
    const token = this.#token;
    const name = this.#readString(this.#expect('string', `${kind} clause`));
    const pipeline = kind === 'block' ? this.#parsePipeline('block clause', 'close') : undefined;
    if (kind === 'define') this.#expectClose('define clause');
    const { nodes, stop } = this.#parseBlock();
    if (stop !== 'end') throw this.#fail('unexpected EOF');
    this.#defined.set(name, nodes);
    if (!pipeline) return undefined;
    return { kind: 'template', name, pipeline, pos: token.pos, text: `{{template ${token.text} ${pipeline.text}}}` };
  }

  #parseInvocation(_pos: number): TemplateNode {
    this.#take();
    this.#skipSpace();
    const token = this.#expect('string', 'template clause');
    const name = this.#readString(token);
    this.#skipSpace();
    if (this.#token.kind === 'close') {
      this.#take();
      return { kind: 'template', name, pos: token.pos, text: `{{template ${token.text}}}` };
    }
    const pipeline = this.#parsePipeline('template clause', 'close');
    return { kind: 'template', name, pipeline, pos: token.pos, text: `{{template ${token.text} ${pipeline.text}}}` };
  }

  #parsePipeline(context: string, until: 'close' | 'paren'): Pipeline {
    this.#skipSpace();
    const { pos } = this.#token;
    const { declares, assigns, text: prefix } = this.#parseDeclaration(context);
    const commands: Command[] = [];
    for (;;) {
      this.#skipSpace();
      const token = this.#token;
      if (token.kind === until && (until === 'close' || token.text === ')')) {
        if (commands.length === 0) throw this.#fail(`missing value for ${context}`);
        this.#take();
        break;
      }
      if (token.kind === 'pipe') {
        if (commands.length === 0) throw this.#fail(`missing value for ${context}`);
        this.#take();
        this.#skipSpace();
      }
      commands.push(this.#parseCommand());
    }
    for (const command of commands.slice(1)) checkCommandTakesArgument(command, (text) => this.#fail(text));
    this.#variables.push(...(assigns ? [] : declares));
    const text = prefix + commands.map((command) => command.text).join(' | ');
    return { pos, text, declares, assigns, commands };
  }

  #parseDeclaration(context: string): { declares: string[]; assigns: boolean; text: string } {
    const none = { declares: [], assigns: false, text: '' };
    if (this.#token.kind !== 'variable') return none;
    const back = this.#at;
    const declares = [this.#take().text];
    this.#skipSpace();
    if (this.#is('comma') && context === 'range') {
      this.#take();
      this.#skipSpace();
      declares.push(this.#expect('variable', 'range').text);
      this.#skipSpace();
    }
    if (this.#is('declare') || this.#is('assign')) {
      const sign = this.#take();
      return { declares, assigns: sign.kind === 'assign', text: `${declares.join(', ')} ${sign.text} ` };
    }
    this.#at = back;
    return none;
  }

  #parseCommand(): Command {
    const operands: Operand[] = [];
    const { pos } = this.#token;
    for (;;) {
      this.#skipSpace();
      const token = this.#token;
      if (token.kind === 'pipe' || token.kind === 'close' || (token.kind === 'paren' && token.text === ')')) break;
      operands.push(this.#parseOperand());
    }
    if (operands.length === 0) throw this.#fail('empty command');
    return { pos, text: operands.map((operand) => operand.text).join(' '), operands };
  }

  #parseOperand(): Operand {
    const token = this.#take();
    const parse = this.#operandParsers[token.kind];
    if (!parse) throw this.#fail(`unexpected ${describe(token)} in operand`);
    return parse(token);
  }

  readonly #operandParsers: { readonly [Kind in TemplateTokenKind]?: (token: TemplateToken) => Operand } = {
    string: (token) => ({ kind: 'string', value: this.#readString(token), pos: token.pos, text: token.text }),
    char: (token) => {
      const value = BigInt(this.#readString(token).codePointAt(0) ?? 0);
      return { kind: 'number', value, pos: token.pos, text: token.text };
    },
    number: (token) => ({ kind: 'number', value: readNumber(token.text), pos: token.pos, text: token.text }),
    dot: (token) => ({ kind: 'dot', pos: token.pos, text: '.' }),
    field: (token) => {
      const path = [token.text.slice(1), ...this.#parseFields()];
      return { kind: 'field', path, pos: token.pos, text: path.map((name) => `.${name}`).join('') };
    },
    variable: (token) => {
      if (!this.#variables.includes(token.text)) throw this.#fail(`undefined variable ${JSON.stringify(token.text)}`);
      const path = this.#parseFields();
      const text = [token.text, ...path].join('.');
      return { kind: 'variable', name: token.text, path, pos: token.pos, text };
    },
    word: (token) => {
      if (token.text === 'true' || token.text === 'false') {
        return { kind: 'bool', value: token.text === 'true', pos: token.pos, text: token.text };
      }
      if (token.text === 'nil') return { kind: 'nil', pos: token.pos, text: 'nil' };
      if (!this.#known(token.text)) throw this.#fail(`function ${JSON.stringify(token.text)} not defined`);
      return { kind: 'function', name: token.text, pos: token.pos, text: token.text };
    },
    paren: (token) => {
      if (token.text === ')') throw this.#fail('unexpected right paren');
      if (++this.#depth > maxDepth) throw this.#fail('max expression depth exceeded');
      const pipeline = this.#parsePipeline('parenthesized pipeline', 'paren');
      this.#depth--;
      const path = this.#parseFields();
      const text = [`(${pipeline.text})`, ...path].join('.');
      return { kind: 'pipeline', pipeline, path, pos: token.pos, text };
    },
  };

  #parseFields(): string[] {
    const path: string[] = [];
    while (this.#token.kind === 'field') path.push(this.#take().text.slice(1));
    return path;
  }

  #expect(kind: TemplateTokenKind, context: string): TemplateToken {
    const token = this.#take();
    if (token.kind !== kind) throw this.#fail(`unexpected ${describe(token)} in ${context}`);
    return token;
  }

  #expectClose(context: string): void {
    this.#skipSpace();
    this.#expect('close', context);
  }

  #readString(token: TemplateToken): string {
    try {
      return unquoteGoString(token.text);
    } catch (error) {
      if (error instanceof GoStringError) throw this.#fail('invalid syntax');
      throw error;
    }
  }

  #fail(message: string): TemplateSyntaxError {
    const line = this.#source.slice(0, this.#token.pos).split('\n').length;
    return new TemplateSyntaxError(`template: ${this.#name}:${line}: ${message}`);
  }
}

function checkCommandTakesArgument(command: Command, fail: (text: string) => TemplateSyntaxError): void {
  const [first] = command.operands;
  if (first && ['string', 'number', 'bool', 'nil', 'dot'].includes(first.kind)) {
    throw fail(`non executable command in pipeline stage 2`);
  }
}

function readNumber(text: string): bigint | number {
  const plain = text.replaceAll('_', '');
  const sign = plain.startsWith('-') ? -1n : 1n;
  const digits = plain.replace(/^[+-]/, '');
  if (/^[0-9]+$/.test(digits) || /^0[xXbBoO]/.test(digits)) return sign * BigInt(digits.toLowerCase());
  const value = Number(plain);
  return value;
}

function describe(token: TemplateToken): string {
  if (token.kind === 'end') return 'EOF';
  return token.kind === 'close' ? '"}}"' : `<${token.text}>`;
}
