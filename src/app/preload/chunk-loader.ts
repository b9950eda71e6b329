// Loads the chunks beside the entry. Compiling them takes longer than running them, so V8's compiled code is kept in a
// folder next to them, if that can be written.
import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { createRequire, wrap } from 'node:module';
import { join } from 'node:path';
import { Script } from 'node:vm';

/** When the start is long over, and the code of the functions that ran so far is worth keeping. A program that ends sooner leaves it then. */
const saveAfterMs = 3000;

export class ChunkLoader {
  readonly #folder: string;
  readonly #require: NodeRequire;
  readonly #loaded = new Map<string, unknown>();

  /** @param folder where the chunks are; `entry` is a file in it. */
  constructor(folder: string, entry: string) {
    this.#folder = folder;
    this.#require = createRequire(entry);
  }

  /** The exports of a chunk; loaded once. */
  load<T>(name: string): T {
    const known = this.#loaded.get(name);
    if (known !== undefined) return known as T; // what a chunk exports is known to its caller only
    const file = join(this.#folder, `${name}.cjs`);
    const source = readFileSync(file, 'utf8');
    // import() needs Node's own loader; those chunks come after the start.
    const exports = source.includes('import(') ? this.#require(file) : this.#run(name, file, source);
    this.#loaded.set(name, exports);
    return exports as T;
  }

  #run(name: string, file: string, source: string): unknown {
    const cacheFile = this.#nameCache(name, file);
    const cachedData = readIfThere(cacheFile);
    const script = new Script(wrap(source), { filename: file, cachedData });
    // V8 rejects what was compiled under other flags: whoever runs with the usual ones must not compile for ever.
    if (script.cachedDataRejected !== false) this.#saveLater(script, cacheFile);
    const module = { exports: {} };
    const require = (id: string): unknown => (id === './core.cjs' ? this.load('core') : this.#require(id));
    script.runInThisContext()(module.exports, require, module, file, this.#folder);
    return module.exports;
  }

  #saveLater(script: Script, cacheFile: string): void {
    const saveOnce = (): void => {
      clearTimeout(timer);
      process.off('exit', saveOnce);
      save(script, cacheFile);
    };
    const timer = setTimeout(saveOnce, saveAfterMs).unref();
    process.once('exit', saveOnce);
  }

  // V8 compares the length of the source only, so size and time of the file are part of the name.
  #nameCache(name: string, file: string): string {
    const { size, mtimeMs } = statSync(file);
    const key = `${process.version}-${process.arch}-${size}-${Math.trunc(mtimeMs)}`;
    return join(this.#folder, 'code-cache', `${name}-${key}`);
  }
}

function readIfThere(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
}

function save(script: Script, file: string): void {
  try {
    mkdirSync(join(file, '..'), { recursive: true });
    const draft = `${file}.${process.pid}`;
    writeFileSync(draft, script.createCachedData());
    renameSync(draft, file);
  } catch {
    // A package folder that cannot be written: the chunks are compiled each time.
  }
}
