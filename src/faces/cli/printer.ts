// Writes answers, events and errors to the two streams: with --json one document (or NDJSON) on stdout and nothing else.
import { styleText } from 'node:util';
import type { ObsError } from '../../errors/obs-error.ts';
import type { FollowItem, RenderStyle, ToolDefinition } from '../../tools/tool.ts';
import { boundJson } from '../bound-answer.ts';

export interface PrinterOptions {
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream;
  readonly json: boolean;
  readonly style: RenderStyle;
  /** Style of the error stream, which may be a terminal where stdout is a pipe. */
  readonly errorStyle: RenderStyle;
  /** Print stack traces of bugs (OBS_DEBUG=1). */
  readonly debug: boolean;
}

export interface PrintedAnswer {
  readonly tool: ToolDefinition;
  readonly input: Record<string, unknown>;
  readonly output: unknown;
  /** Cuts the document of --json; undefined prints it whole. */
  readonly maxTokens: number | undefined;
}

export class Printer {
  readonly #options: PrinterOptions;

  constructor(options: PrinterOptions) {
    this.#options = options;
  }

  /** The answer of a tool: whole, or with --json and --max-tokens cut to that. */
  answer({ tool, input, output, maxTokens }: PrintedAnswer): void {
    const { json, style, stdout, stderr } = this.#options;
    if (json && maxTokens !== undefined) this.#boundDocument(output, maxTokens);
    else if (json) this.#line(stdout, JSON.stringify(output, null, 2));
    else this.#text(tool.cli.textTo?.(input) === 'stderr' ? stderr : stdout, tool.render(output, style));
  }

  /** One event of a verb that follows. */
  event(item: FollowItem): void {
    this.#line(this.#options.stdout, this.#options.json ? JSON.stringify(item.document) : item.text);
  }

  /** Help and other plain text. */
  text(text: string): void {
    this.#line(this.#options.stdout, text);
  }

  /** One line about long work. */
  progress(line: string): void {
    this.#line(this.#options.stderr, this.#paint('dim', line));
  }

  error(error: ObsError): void {
    if (this.#options.json) this.#line(this.#options.stdout, JSON.stringify({ error: error.toDocument() }, null, 2));
    else this.#line(this.#options.stderr, this.#renderError(error));
    if (this.#options.debug && error.cause instanceof Error)
      this.#line(this.#options.stderr, String(error.cause.stack));
  }

  #boundDocument(output: unknown, maxTokens: number): void {
    const { value, cut } = boundJson(output, maxTokens);
    if (cut.length > 0)
      this.progress(`cut to ${maxTokens} tokens (${cut.join('; ')}); without --max-tokens it is whole`);
    this.#line(this.#options.stdout, JSON.stringify(value));
  }

  #text(stream: NodeJS.WritableStream, text: string): void {
    if (text !== '') this.#line(stream, text);
  }

  #renderError(error: ObsError): string {
    const indent = (text: string) => text.replaceAll('\n', '\n       ');
    return [
      `${this.#paint('red', 'error')}  ${indent(error.message)} [${error.code}]`,
      `${this.#paint('dim', 'why')}    ${indent(error.why)}`,
      `${this.#paint('green', 'fix')}    ${indent(error.fix)}`,
    ].join('\n');
  }

  #paint(colour: 'dim' | 'red' | 'green', text: string): string {
    return this.#options.errorStyle.colour ? styleText(colour, text, { validateStream: false }) : text;
  }

  #line(stream: NodeJS.WritableStream, text: string): void {
    stream.write(`${text}\n`);
  }
}
