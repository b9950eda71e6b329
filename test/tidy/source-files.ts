// The files that the tidy test judges, read and parsed once.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseAst } from 'rolldown/parseAst';

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** A node of the ESTree that the parser gives; only what this test reads. */
export interface AstNode {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [field: string]: unknown;
}

export interface SourceFile {
  /** Relative to the root, with slashes. */
  readonly path: string;
  readonly text: string;
  readonly isTest: boolean;
  readonly program: AstNode;
  readonly imports: readonly ImportOf[];
}

export interface ImportOf {
  readonly specifier: string;
  /** The imported file relative to the root; undefined for packages. */
  readonly path: string | undefined;
  readonly line: number;
}

const folders = ['src', 'test', '.ci', 'docs/examples'];
const skippedFolders = /(^|\/)(node_modules|dist)(\/|$)/;

/** All source files of the repository that people write. */
export function readSourceFiles(): SourceFile[] {
  return folders.flatMap(listFiles).map((path) => {
    const text = readFileSync(join(root, path), 'utf8');
    // The parser's node types are wider than what this test reads of them.
    const program = parseAst(text, { lang: path.endsWith('.ts') ? 'ts' : 'js' }) as unknown as AstNode;
    return { path, text, isTest: /\.test\.(ts|mjs)$/.test(path), program, imports: findImports(path, text, program) };
  });
}

/** Calls `visit` for every node below and including `node`. */
export function walk(node: AstNode, visit: (node: AstNode) => void): void {
  visit(node);
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) if (isNode(child)) walk(child, visit);
  }
}

/** 1-based line of an offset. */
export function lineOf(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}

export function isNode(value: unknown): value is AstNode {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}

function findImports(path: string, text: string, program: AstNode): ImportOf[] {
  const found: ImportOf[] = [];
  walk(program, (node) => {
    const source = node.source;
    const imports = /^(Import|Export)(All|Named)?(Declaration|Expression)$/.test(node.type);
    if (!imports || !isNode(source) || typeof source.value !== 'string') return;
    const specifier = source.value;
    const target = specifier.startsWith('.') ? relative(root, join(root, dirname(path), specifier)) : undefined;
    found.push({ specifier, path: target, line: lineOf(text, node.start) });
  });
  return found;
}

function listFiles(folder: string): string[] {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .map((name) => `${folder}/${name}`)
    .filter((path) => /\.(ts|mjs)$/.test(path) && !skippedFolders.test(path))
    .sort();
}
