// Help texts, made from the same definitions as the verbs: the overview of all verbs, and the page of one.
import type { ToolDefinition, ToolEntry } from '../tool.ts';
import { type CliField, flagText, readFields } from './fields.ts';

/** What `obs --help` shows; loads no tool. */
export function renderOverview(entries: readonly ToolEntry[]): string {
  const width = Math.max(...entries.map((one) => one.verb.length)) + 2;
  return [
    'obs: a private, throw-away observability stack for this git worktree',
    '',
    'usage: obs VERB [ARGUMENTS] [--json] [--worktree DIR] [--help]',
    '',
    ...entries.map((one) => `  ${one.verb.padEnd(width)}${one.summary}`),
    '',
    'exit codes: 0 fine, 1 the answer is no, 2 wrong usage, 3 no data, 4 the environment failed',
    'start with: obs up',
  ].join('\n');
}

/** What `obs VERB --help` shows. */
export function renderVerbHelp(tool: ToolDefinition): string {
  const fields = readFields(tool);
  const positional = fields.filter((one) => tool.cli.positionals.includes(one.field));
  const flags = fields.filter((one) => !positional.includes(one) && one.field !== tool.cli.afterDashes);
  const rows = [
    ...positional.map((one) => [one.flag.toUpperCase(), describe(one)] as const),
    ...flags.map((one) => [flagUsage(one), describe(one)] as const),
    ['--json', 'one JSON document on stdout, and nothing else there'] as const,
    ['--max-tokens N', 'with --json: cut the answer to so many tokens'] as const,
    ['--worktree DIR', 'the worktree to work on (default: the one that contains the current directory)'] as const,
  ];
  const width = Math.max(...rows.map(([name]) => name.length)) + 2;
  return [
    tool.purpose,
    '',
    `usage: ${renderUsage(tool, fields)}`,
    '',
    ...rows.map(([name, text]) => `  ${name.padEnd(width)}${text}`.trimEnd()),
    ...(tool.cli.examples.length > 0 ? ['', 'examples:', ...tool.cli.examples.map((one) => `  ${one}`)] : []),
  ].join('\n');
}

/** One line: the verb with its arguments. */
export function renderUsage(tool: ToolDefinition, fields: readonly CliField[]): string {
  const words = tool.cli.positionals.map((name) => {
    const field = fields.find((one) => one.field === name);
    const label = `${(field?.flag ?? name).toUpperCase()}${field?.kind === 'list' ? '…' : ''}`;
    return field?.required ? label : `[${label}]`;
  });
  const tail = tool.cli.afterDashes === undefined ? [] : ['[-- CMD…]'];
  return [`obs ${tool.cli.verb}`, ...words, '[FLAGS]', ...tail].join(' ');
}

function flagUsage(field: CliField): string {
  const shape: Readonly<Record<CliField['kind'], string>> = {
    switch: '',
    number: ' N',
    text: field.choices.length > 0 ? ` ${field.choices.join('|')}` : ' TEXT',
    list: ' TEXT (may be repeated)',
    json: ' JSON',
  };
  return `${flagText(field)}${shape[field.kind]}`;
}

function describe(field: CliField): string {
  const shown = field.kind !== 'switch' && field.defaultValue !== undefined && String(field.defaultValue) !== '';
  return shown ? `${field.description} (default: ${String(field.defaultValue)})` : field.description;
}
