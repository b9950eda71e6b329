// The shape of files and functions: sizes, header comments, parameters.
import { type AstNode, lineOf, type SourceFile, walk } from './source-files.ts';

const limits = { fileLines: 500, functionLines: 80, parameters: 5, headerLines: 6 };

/** Files that are too long or do not say what they are for. */
export function findShapelessFiles(files: readonly SourceFile[]): string[] {
  return files.flatMap((file) => {
    const lines = file.text.trimEnd().split('\n');
    const problems: string[] = [];
    if (lines.length > limits.fileLines)
      problems.push(`${file.path} has ${lines.length} lines (at most ${limits.fileLines}): split it by concept`);
    const header = headerOf(lines);
    if (header === 0) problems.push(`${file.path} starts without a comment: say in 1–5 lines what it is for`);
    return problems;
  });
}

function headerOf(lines: readonly string[]): number {
  const body = lines[0]?.startsWith('#!') ? lines.slice(1) : lines;
  const end = body.findIndex((line) => !line.startsWith('//'));
  return end === -1 ? body.length : end;
}

const functionTypes = new Set(['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression']);

/** Functions that are too long or take too many parameters by position; tests may have long bodies. */
export function findShapelessFunctions(files: readonly SourceFile[]): string[] {
  return files
    .filter((file) => !file.isTest)
    .flatMap((file) => {
      const problems: string[] = [];
      walk(file.program, (node) => {
        if (functionTypes.has(node.type)) problems.push(...judgeFunction(file, node));
      });
      return problems;
    });
}

function judgeFunction(file: SourceFile, node: AstNode): string[] {
  const line = lineOf(file.text, node.start);
  const where = `${file.path}:${line}`;
  const lines = lineOf(file.text, node.end) - line + 1;
  const parameters = Array.isArray(node.params) ? node.params.length : 0;
  return [
    ...(lines > limits.functionLines
      ? [`${where} is a function of ${lines} lines (at most ${limits.functionLines}): give its parts names`]
      : []),
    ...(parameters > limits.parameters
      ? [`${where} takes ${parameters} parameters (at most ${limits.parameters}): pass one object with named fields`]
      : []),
  ];
}
