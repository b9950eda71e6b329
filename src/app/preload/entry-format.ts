// Whether the program is an ES module, by the rules of Node ("Determining module system"): extension, then the nearest
// package.json. Built-in modules that ES modules import pass no hook, so they need to be patched beforehand.
import { readFileSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { isMainThread } from './thread.ts';

const byExtension = new Map<string, boolean>([
  ['.mjs', true],
  ['.mts', true],
  ['.cjs', false],
  ['.cts', false],
]);

/** Whether Node may load `program` (an absolute path) as an ES module; workers do not know theirs yet. */
export function isModuleProgram(program: string | undefined, execArgv: readonly string[]): boolean {
  if (program === undefined) return execArgv.includes('--input-type=module') || !isMainThread();
  return byExtension.get(extname(program)) ?? readPackageType(dirname(program)) === 'module';
}

function readPackageType(folder: string): string | undefined {
  for (let at = folder; ; at = dirname(at)) {
    const type = readType(join(at, 'package.json'));
    if (type !== undefined || at === dirname(at)) return type;
  }
}

function readType(file: string): string | undefined {
  try {
    // A package.json without a type ends the search, as in Node.
    return (JSON.parse(readFileSync(file, 'utf8')) as { type?: string }).type ?? 'commonjs';
  } catch {
    return undefined;
  }
}
