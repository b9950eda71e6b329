// From the words after the verb to a tool's input. Commander reads them; what it refuses becomes an error with the
// nearest flag, and the tool's own schema has the last word.
import { Command, CommanderError, Option } from 'commander';
import type { z } from 'zod';
import { ObsError } from '../../errors/obs-error.ts';
import { findNearest } from '../../std/nearest.ts';
import { type CliField, flagText, readFields } from '../../tools/command/fields.ts';
import { leastMaxTokens } from '../../tools/limits.ts';
import type { ToolDefinition } from '../../tools/tool.ts';

/** What the adapter itself understands, for every verb. */
export interface GlobalFlags {
  readonly json: boolean;
  readonly help: boolean;
  readonly worktree: string | undefined;
  /** Longest answer with --json; undefined means uncut. */
  readonly maxTokens: number | undefined;
}

export interface ParsedArguments {
  readonly flags: GlobalFlags;
  /** Parsed by the tool's schema; undefined when only help was asked for. */
  readonly input: z.output<z.ZodObject> | undefined;
}

const globalFlagNames = ['--json', '--worktree', '--max-tokens', '--help'];

/**
 * Parses the words that follow the verb.
 * @throws ObsError OBS_UNKNOWN_FLAG, OBS_FLAG_WITHOUT_VALUE, OBS_TOO_MANY_ARGUMENTS, OBS_BAD_INPUT
 */
export function parseArguments(tool: ToolDefinition, words: readonly string[]): ParsedArguments {
  const fields = readFields(tool);
  const { before, after } = splitAtDashes(tool, words);
  failIfValueMissing(tool, fields, before);
  const command = makeCommand(tool, fields);
  try {
    command.parse([...before], { from: 'user' });
  } catch (error) {
    throw error instanceof CommanderError ? explainRefusal(error, tool, fields, command) : error;
  }
  const { json, help, worktree, maxTokens, ...options } = command.opts();
  const flags: GlobalFlags = {
    json: json === true,
    help: help === true,
    worktree,
    maxTokens: maxTokens === undefined ? undefined : checkMaxTokens(tool, maxTokens),
  };
  if (flags.help) return { flags, input: undefined };
  return { flags, input: checkInput(tool, fields, collectInput(tool, fields, { options, args: command.args, after })) };
}

// Commander takes `--since --json` for a since of "--json"; nobody means that.
function failIfValueMissing(tool: ToolDefinition, fields: readonly CliField[], words: readonly string[]): void {
  const flags = fields.map(flagText);
  const valued = fields.filter((field) => field.kind !== 'switch').map(flagText);
  words.forEach((word, at) => {
    const next = words[at + 1] ?? '';
    if ([...valued, '--worktree', '--max-tokens'].includes(word) && [...flags, ...globalFlagNames].includes(next))
      throw new ObsError('OBS_FLAG_WITHOUT_VALUE', { verb: tool.cli.verb, flag: word });
  });
}

function checkMaxTokens(tool: ToolDefinition, text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= leastMaxTokens) return value;
  const problems = [`--max-tokens: must be a whole number of at least ${leastMaxTokens}`];
  throw new ObsError('OBS_BAD_INPUT', { tool: `obs ${tool.cli.verb}`, problems, example: null });
}

// Only tools that take a command treat `--` as their own; elsewhere it ends the flags, as usual.
function splitAtDashes(tool: ToolDefinition, words: readonly string[]) {
  const at = tool.cli.afterDashes === undefined ? -1 : words.indexOf('--');
  return at === -1 ? { before: words, after: undefined } : { before: words.slice(0, at), after: words.slice(at + 1) };
}

function makeCommand(tool: ToolDefinition, fields: readonly CliField[]): Command {
  const command = new Command(tool.cli.verb)
    .exitOverride()
    .configureOutput({ writeOut: () => {}, writeErr: () => {} })
    .helpOption(false)
    .showSuggestionAfterError(false)
    .allowExcessArguments(false)
    .option('--json')
    .option('-h, --help')
    .option('--worktree <dir>')
    .option('--max-tokens <n>');
  for (const field of fields) {
    if (tool.cli.positionals.includes(field.field))
      command.argument(`[${field.flag}${field.kind === 'list' ? '...' : ''}]`);
    else if (tool.cli.afterDashes !== field.field) command.addOption(makeOption(field));
  }
  return command;
}

function makeOption(field: CliField): Option {
  if (field.kind === 'switch') return new Option(flagText(field));
  const option = new Option(`${flagText(field)} <value>`);
  if (field.kind !== 'list') return option;
  return option.argParser((value: string, previous: string[] | undefined) => [...(previous ?? []), value]);
}

interface Collected {
  readonly options: Readonly<Record<string, unknown>>;
  readonly args: readonly string[];
  readonly after: readonly string[] | undefined;
}

function collectInput(tool: ToolDefinition, fields: readonly CliField[], from: Collected): Record<string, unknown> {
  const input: Record<string, unknown> = {};
  for (const field of fields) {
    const value = from.options[field.field];
    if (value !== undefined) input[field.field] = convert(field, value);
  }
  tool.cli.positionals.forEach((name, at) => {
    const field = fields.find((one) => one.field === name);
    if (field?.kind === 'list') {
      if (from.args.length > at) input[name] = from.args.slice(at);
    } else if (field !== undefined && from.args[at] !== undefined) input[name] = convert(field, from.args[at]);
  });
  if (tool.cli.afterDashes !== undefined && from.after !== undefined) input[tool.cli.afterDashes] = from.after;
  return input;
}

// A value that cannot be converted stays text, so that the schema's refusal names the field.
function convert(field: CliField, value: unknown): unknown {
  if (typeof value !== 'string') return value;
  if (field.kind === 'number') return value.trim() === '' || Number.isNaN(Number(value)) ? value : Number(value);
  if (field.kind !== 'json') return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

function checkInput(tool: ToolDefinition, fields: readonly CliField[], input: unknown): z.output<z.ZodObject> {
  const checked = tool.input.safeParse(input);
  if (checked.success) return checked.data;
  const problems = checked.error.issues.map((issue) => {
    const field = fields.find((one) => one.field === issue.path[0]);
    return field === undefined ? issue.message : `${whereOf(tool, field)}: ${describeIssue(field, issue)}`;
  });
  throw new ObsError('OBS_BAD_INPUT', {
    tool: `obs ${tool.cli.verb}`,
    problems,
    example: tool.cli.examples[0] ?? null,
  });
}

function whereOf(tool: ToolDefinition, field: CliField): string {
  if (tool.cli.positionals.includes(field.field)) return field.flag.toUpperCase();
  return tool.cli.afterDashes === field.field ? `what follows --` : flagText(field);
}

function describeIssue(field: CliField, issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_type' && field.required && issue.input === undefined) return 'is missing';
  if (field.choices.length > 0) return `must be one of ${field.choices.join(', ')}`;
  if (issue.code === 'invalid_type' && field.kind === 'number') return 'must be a number';
  return issue.message;
}

type Refusal = 'OBS_UNKNOWN_FLAG' | 'OBS_FLAG_WITHOUT_VALUE' | 'OBS_TOO_MANY_ARGUMENTS';
const refusals: Readonly<Record<string, Refusal>> = {
  'commander.unknownOption': 'OBS_UNKNOWN_FLAG',
  'commander.optionMissingArgument': 'OBS_FLAG_WITHOUT_VALUE',
  'commander.excessArguments': 'OBS_TOO_MANY_ARGUMENTS',
};

function explainRefusal(error: CommanderError, tool: ToolDefinition, fields: readonly CliField[], command: Command) {
  const verb = tool.cli.verb;
  const quoted = /'([^']*)'/.exec(error.message)?.[1] ?? '';
  const code = refusals[error.code];
  if (code === 'OBS_TOO_MANY_ARGUMENTS')
    return new ObsError(code, { verb, given: command.args.length, allowed: tool.cli.positionals.length });
  const flag = quoted.split(/[ =<]/)[0] ?? quoted;
  if (code === 'OBS_FLAG_WITHOUT_VALUE') return new ObsError(code, { verb, flag });
  if (code !== 'OBS_UNKNOWN_FLAG') return error;
  const hidden = [...tool.cli.positionals, tool.cli.afterDashes];
  const known = fields.filter((field) => !hidden.includes(field.field)).map(flagText);
  return new ObsError(code, {
    verb,
    flag,
    nearest: findNearest(flag, [...known, ...globalFlagNames]),
    takesText: tool.cli.positionals.length > 0,
  });
}
