// Runs a bundled program with V8's code cache beside it. Compiling a megabyte of bundle takes longer than most verbs
// work; with the cache it is read instead. Node 22 has this built in (module.enableCompileCache), Node 20 has not.
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { Script } from 'node:vm';
import { writeFileAtomic } from './atomic-file.ts';

export interface CachedProgram {
  /** Absolute path of a CommonJS bundle in plain ASCII, without `import()`: that needs an experimental option of scripts. */
  readonly file: string;
  /**
   * Absolute path of its cache, which has to go with the bundle: V8 refuses the cache of another V8 or other flags, but
   * knows the source by its length only.
   */
  readonly cacheFile: string;
}

/** A resident program has started by then; short ones write the cache when they end. */
const startedAfterMs = 2000;

/** Runs the program in this process as if Node had been started with it, and returns what it exports. */
export function runCached({ file, cacheFile }: CachedProgram): unknown {
  const cachedData = readIfThere(cacheFile);
  const script = new Script(wrapModule(readFileSync(file, 'latin1')), { filename: file, cachedData });
  if (cachedData === undefined || script.cachedDataRejected) keepCacheLater(script, cacheFile);
  const module = { exports: {} };
  script.runInThisContext()(module.exports, createRequire(file), module, file, dirname(file));
  return module.exports;
}

function wrapModule(source: string): string {
  return `(function (exports, require, module, __filename, __dirname) {${source}\n})`;
}

// After the run, so that the cache holds the functions that were called and not only those at the top.
function keepCacheLater(script: Script, cacheFile: string): void {
  const keep = () => {
    try {
      mkdirSync(dirname(cacheFile), { recursive: true });
      writeFileAtomic(cacheFile, script.createCachedData(), { mode: 0o644 });
    } catch {
      // A package folder that cannot be written to costs time at each start and nothing else.
    }
  };
  const timer = setTimeout(keep, startedAfterMs).unref();
  process.once('exit', (code) => {
    clearTimeout(timer);
    if (code === 0) keep();
  });
}

function readIfThere(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}
