// The command line: words in, a tool called, an answer printed, an exit code out. Everything of the outside (streams,
// environment, clock) is passed in, so that tests run it without a process.
import { resolve } from 'node:path';
import { ObsError } from '../../errors/obs-error.ts';
import { findNearest } from '../../std/nearest.ts';
import { renderOverview, renderVerbHelp } from '../../tools/command/help.ts';
import { Interruption, type ToolContext, type ToolDefinition, type ToolEntry } from '../../tools/tool.ts';
import { toObsError } from '../to-obs-error.ts';
import { type ParsedArguments, parseArguments } from './arguments.ts';
import { Printer } from './printer.ts';
import { chooseStyle } from './terminal-style.ts';

export interface OutputStream extends NodeJS.WritableStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
}

export interface CommandLine {
  /** Without node and script. */
  readonly words: readonly string[];
  readonly verbs: readonly ToolEntry[];
  readonly version: string;
  readonly platform: NodeJS.Platform;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  /** Where a person answers questions; only asked when it and stderr are terminals. */
  readonly stdin?: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly signal: AbortSignal;
  /** Rejects when nothing is left that this process waits for: an answer that is not there by then never comes. */
  readonly idle?: Promise<never>;
  readonly nowMs: () => number;
}

const interruptedExit = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

/** Runs one command to its end and returns the exit code; prints, and never throws. */
export async function runCommandLine(line: CommandLine): Promise<number> {
  const printer = makePrinter(line);
  try {
    if (line.platform === 'win32') throw new ObsError('OBS_WINDOWS', {});
    return await Promise.race([dispatch(line, printer), ...(line.idle === undefined ? [] : [line.idle])]);
  } catch (thrown) {
    if (line.signal.aborted) return endInterrupted(line, printer);
    const error = toObsError(thrown);
    printer.error(error);
    return error.exit;
  }
}

async function dispatch(line: CommandLine, printer: Printer): Promise<number> {
  const { verb, rest } = splitVerb(line.words);
  if (verb === undefined) {
    printer.text(rest.includes('--version') ? line.version : renderOverview(line.verbs));
    return rest.length === 0 ? 2 : 0;
  }
  const entry = line.verbs.find((one) => one.verb === verb);
  if (entry === undefined) {
    const nearest = findNearest(
      verb,
      line.verbs.map((one) => one.verb),
    );
    throw new ObsError('OBS_UNKNOWN_VERB', { verb, nearest });
  }
  const tool = await entry.load();
  const parsed = parseArguments(tool, rest);
  if (parsed.input === undefined) {
    printer.text(renderVerbHelp(tool));
    return 0;
  }
  return callTool({ line, printer, tool, parsed, input: parsed.input });
}

// The verb is the first word that is neither a flag nor the value of --worktree, so `obs --json status` works.
function splitVerb(words: readonly string[]): { verb: string | undefined; rest: readonly string[] } {
  let at = 0;
  while (words[at]?.startsWith('-')) at += words[at] === '--worktree' ? 2 : 1;
  if (words[at] === 'help') return splitVerb([...words.slice(at + 1), '--help']);
  return { verb: words[at], rest: [...words.slice(0, at), ...words.slice(at + 1)] };
}

interface Call {
  readonly line: CommandLine;
  readonly printer: Printer;
  readonly tool: ToolDefinition;
  readonly parsed: ParsedArguments;
  readonly input: NonNullable<ParsedArguments['input']>;
}

async function callTool({ line, printer, tool, parsed, input }: Call): Promise<number> {
  const context = makeContext(line, printer, parsed);
  if (tool.follow !== undefined && input[tool.follow.when] === true) {
    for await (const item of tool.follow.stream(input, context, chooseStyle(factsOf(line, line.stdout)))) {
      if (line.signal.aborted) break;
      printer.event(item);
    }
    return line.signal.aborted ? endInterrupted(line, printer) : 0;
  }
  const answer = await tool.run(input, context);
  printer.answer({ tool, input, output: answer.output, maxTokens: parsed.flags.maxTokens });
  return answer.exit;
}

// With --json an app's stdout goes to stderr, because stdout holds one document and nothing else.
function makeContext(line: CommandLine, printer: Printer, parsed: ParsedArguments): ToolContext {
  return {
    caller: 'cli',
    cwd: line.cwd,
    env: line.env,
    worktree: parsed.flags.worktree === undefined ? undefined : resolve(line.cwd, parsed.flags.worktree),
    allowCommands: true,
    signal: line.signal,
    ...(parsed.flags.maxTokens !== undefined && { maxTokens: parsed.flags.maxTokens }),
    progress: (text) => printer.progress(text),
    ...makeAsk(line, parsed),
    terminal: {
      stdout: parsed.flags.json ? line.stderr : line.stdout,
      stderr: line.stderr,
      isTty: line.stdout.isTTY === true,
      columns: chooseStyle(factsOf(line, line.stdout)).columns,
    },
    nowMs: line.nowMs,
  };
}

// A program that reads JSON answers no questions, whatever terminal it runs in.
function makeAsk(line: CommandLine, { flags }: ParsedArguments): Pick<ToolContext, 'ask'> {
  if (flags.json || line.stderr.isTTY !== true) return {};
  const { stdin: input, stderr: output, signal } = line;
  if (input?.isTTY !== true) return {};
  return { ask: async (question) => (await import('./ask.ts')).askYesNo(question, { input, output }, signal) };
}

function makePrinter(line: CommandLine): Printer {
  const dashes = line.words.indexOf('--');
  return new Printer({
    stdout: line.stdout,
    stderr: line.stderr,
    json: (dashes === -1 ? line.words : line.words.slice(0, dashes)).includes('--json'),
    style: chooseStyle(factsOf(line, line.stdout)),
    errorStyle: chooseStyle(factsOf(line, line.stderr)),
    debug: (line.env.OBS_DEBUG ?? '') !== '',
  });
}

function factsOf(line: CommandLine, stream: OutputStream) {
  return { isTty: stream.isTTY === true, columns: stream.columns, env: line.env };
}

// A reader that went away (`obs logs … | head`) is no failure and gets no message.
function endInterrupted(line: CommandLine, printer: Printer): number {
  const reason: unknown = line.signal.reason;
  const signalName = reason instanceof Interruption ? reason.signalName : 'SIGINT';
  if (signalName === null) return 0;
  printer.progress(`obs: interrupted by ${signalName}`);
  return interruptedExit[signalName];
}
