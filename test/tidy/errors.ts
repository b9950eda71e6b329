// The error catalogue: every code raised in a test, and every command that a fix names one that exists.
import type { ToolDefinition } from '../../src/tools/tool.ts';
import { type AstNode, isNode, lineOf, type SourceFile, walk } from './source-files.ts';

const catalogueFolder = 'src/errors/catalogue/';

/** Codes of the catalogue that no test raises. */
export function findUntestedCodes(codes: readonly string[], files: readonly SourceFile[]): string[] {
  const tests = files.filter((file) => file.isTest).map((file) => file.text);
  return codes
    .filter((code) => !tests.some((text) => new RegExp(`\\b${code}\\b`).test(text)))
    .map((code) => `${code} is raised in no test: add one that provokes it and checks its code`);
}

export interface NamedCommand {
  readonly where: string;
  readonly verb: string;
  readonly flags: readonly string[];
}

/** Commands `obs VERB …` in the texts of every `fix` of the catalogue. */
export function findFixCommands(files: readonly SourceFile[]): NamedCommand[] {
  return files
    .filter((file) => file.path.startsWith(catalogueFolder))
    .flatMap((file) => {
      const commands: NamedCommand[] = [];
      walk(file.program, (node) => {
        if (!isFixProperty(node)) return;
        walk(node.value, (child) => {
          for (const text of textsOf(child))
            commands.push(...commandsIn(text, `${file.path}:${lineOf(file.text, child.start)}`));
        });
      });
      return commands;
    });
}

function isFixProperty(node: AstNode): node is AstNode & { value: AstNode } {
  const { key, value } = node;
  return node.type === 'Property' && isNode(key) && key.name === 'fix' && isNode(value);
}

// Placeholders of a template become a mark that is no command.
function textsOf(node: AstNode): string[] {
  if (node.type === 'Literal' && typeof node.value === 'string') return [node.value];
  if (node.type !== 'TemplateLiteral' || !Array.isArray(node.quasis)) return [];
  return [node.quasis.map((quasi: { value: { cooked: string } }) => quasi.value.cooked).join('…')];
}

function commandsIn(text: string, where: string): NamedCommand[] {
  return [...text.matchAll(/(?<![\w./-])obs ([a-z]+)((?: +[^;&|`\n]*)?)/g)].map(([, verb = '', rest = '']) => ({
    where,
    verb,
    flags: rest.split(' -- ')[0]?.match(/--[a-z-]+/g) ?? [],
  }));
}

/** Commands that do not exist, given the tools by verb and the flags that each takes. */
export function findBrokenCommands(
  commands: readonly NamedCommand[],
  flagsOf: (tool: ToolDefinition) => readonly string[],
  tools: ReadonlyMap<string, ToolDefinition>,
): string[] {
  return commands.flatMap(({ where, verb, flags }) => {
    const tool = tools.get(verb);
    if (tool === undefined) return [`${where}: the fix names "obs ${verb}", which is no verb of src/tools/list.ts`];
    const known = flagsOf(tool);
    return flags
      .filter((flag) => !known.includes(flag))
      .map((flag) => `${where}: the fix names "obs ${verb} ${flag}", but that verb has no such flag`);
  });
}
