// One hook for everything that Node's CommonJS loader loads: a watched package's instrumentation is fetched just before
// the app loads the package, and the package's files are handed to it just after. ES modules that import a CommonJS
// package or file pass through the same function, so no loader thread is needed for them. It stands in for
// require-in-the-middle, which resolves the main file of every package for every file: about 10 ms in a small app.
import Module from 'node:module';
import { join, relative, sep } from 'node:path';
import type { ModuleTimer } from './module-timer.ts';

export type OnLoaded = (exports: unknown, name: string, baseFolder: string | undefined) => unknown;

/** How instrumentations get at the modules they patch. */
export interface ModuleRegistry {
  /** `onLoaded` sees the exports of the module, and of each file inside the package, and returns what replaces them. */
  readonly register: (moduleName: string, onLoaded: OnLoaded) => void;
}

export interface ModuleHookOptions {
  /** Packages and built-in modules to watch; `findLoader` names the package that loads it, undefined for the app itself. */
  readonly isWatched: (packageName: string, findLoader: () => string | undefined) => boolean;
  /** Modules and files of packages that some instrumentation replaces, by the names that `OnLoaded` gets. */
  readonly patched: ReadonlySet<string>;
  /** Called once for each watched package, before its first file is loaded. */
  readonly onFirstLoad: (packageName: string) => void;
  /** Takes the time of each load, as long as it is on. */
  readonly timer: ModuleTimer;
}

/** The parts of Node's loader that are used; they are stable, but not typed. */
interface Loader {
  _load: (request: string, parent: LoadedModule | undefined, isMain: boolean) => unknown;
  _resolveFilename: (request: string, parent: LoadedModule | undefined, isMain: boolean) => string;
  _cache: Record<string, LoadedModule | undefined>;
  _nodeModulePaths: (folder: string) => string[];
}
interface LoadedModule {
  filename?: string | null;
  loaded: boolean;
  exports: unknown;
}

interface FileInPackage {
  readonly packageName: string;
  readonly baseFolder: string;
}

const inPackages = `${sep}node_modules${sep}`;

/** Puts the hook into Node's loader; it stays for the life of the process. */
export function installModuleHook(options: ModuleHookOptions): ModuleRegistry {
  const { timer } = options;
  // The loader's inner functions are not in @types/node.
  const loader = Module as unknown as Loader;
  const plainLoad = loader._load.bind(loader);
  const shower = new ModuleShower(loader, options);
  const fetched = new Set<string>();
  let fetching = false;

  function fetchOnce(packageName: string): void {
    if (fetched.has(packageName)) return;
    fetched.add(packageName);
    fetching = true;
    try {
      timer.timeOwn(() => options.onFirstLoad(packageName));
    } finally {
      fetching = false;
    }
  }

  /** What shows the exports of a watched module to its instrumentations, undefined for any other. */
  function watch(request: string, parent: LoadedModule | undefined, isMain: boolean): Show | undefined {
    const packageName = fetching ? undefined : findPackage(request, parent);
    if (packageName === undefined || !options.isWatched(packageName, () => findLoader(parent))) return undefined;
    fetchOnce(packageName);
    if (Module.isBuiltin(request)) return (exports) => shower.showBuiltin(exports, packageName);
    try {
      const filename = loader._resolveFilename(request, parent, isMain);
      return (exports) => shower.showFile(exports, filename);
    } catch {
      return undefined; // loading fails in the same way, with Node's own message
    }
  }

  // The app's modules are loaded from this very function: each function in between would be a frame more, at every
  // `require`, in the stacks of errors, and would push a frame of the app out of the ten that Node shows.
  loader._load = function hookedLoad(request, parent, isMain) {
    const show = watch(request, parent, isMain);
    const entered = timer.enter();
    let exports: unknown;
    try {
      exports = plainLoad(request, parent, isMain);
    } finally {
      timer.leave(entered, { request, isMain, findFile: () => loader._resolveFilename(request, parent, isMain) });
    }
    return show === undefined ? exports : show(exports);
  };

  return shower;
}

type Show = (exports: unknown) => unknown;

/** Hands modules to the instrumentations that registered for them, each module once. */
class ModuleShower implements ModuleRegistry {
  readonly #loader: Loader;
  readonly #options: Pick<ModuleHookOptions, 'patched' | 'timer'>;
  readonly #listeners = new Map<string, Listener[]>();
  readonly #handled = new Set<string>();
  readonly #builtins = new Map<string, unknown>();

  constructor(loader: Loader, options: Pick<ModuleHookOptions, 'patched' | 'timer'>) {
    this.#loader = loader;
    this.#options = options;
  }

  readonly register = (moduleName: string, onLoaded: OnLoaded): void => {
    const packageName = readPackageName(moduleName);
    const known = this.#listeners.get(packageName) ?? [];
    this.#listeners.set(packageName, [...known, { moduleName, onLoaded }]);
  };

  showBuiltin(exports: unknown, name: string): unknown {
    if (!this.#handled.has(name)) {
      this.#handled.add(name);
      this.#builtins.set(name, this.#show(exports, name, undefined));
      Module.syncBuiltinESMExports();
    }
    return this.#builtins.get(name);
  }

  showFile(exports: unknown, filename: string): unknown {
    const cached = this.#loader._cache[filename];
    const file = locate(filename);
    // In a cycle the module is not complete yet: whoever began loading it comes by here again.
    if (this.#handled.has(filename) || file === undefined || cached?.loaded !== true) return exports;
    this.#handled.add(filename);
    const shown = this.#show(exports, nameFile(this.#loader, filename, file), file);
    // Only what was replaced is written back: some packages freeze their module object.
    if (shown !== exports) cached.exports = shown;
    return shown;
  }

  #show(exports: unknown, name: string, file: FileInPackage | undefined): unknown {
    const { patched, timer } = this.#options;
    // The instrumentation of a package would read and parse its package.json for every file that it does not want.
    if (!patched.has(name)) return exports;
    const interested = (this.#listeners.get(file?.packageName ?? name) ?? []).filter(
      ({ moduleName }) => name === moduleName || (file && name.startsWith(`${moduleName}/`)),
    );
    return timer.timeOwn(() => patch(interested, exports, { name, baseFolder: file?.baseFolder }));
  }
}

interface Listener {
  readonly moduleName: string;
  readonly onLoaded: OnLoaded;
}

function patch(
  listeners: readonly Listener[],
  exports: unknown,
  { name, baseFolder }: { name: string; baseFolder: string | undefined },
): unknown {
  let shown = exports;
  for (const { onLoaded } of listeners) {
    try {
      shown = onLoaded(shown, name, baseFolder);
    } catch {
      // An instrumentation that breaks must not take the app with it; the module stays as it was.
    }
  }
  return shown;
}

const locations = new Map<string, FileInPackage | undefined>();

function findPackage(request: unknown, parent: LoadedModule | undefined): string | undefined {
  if (typeof request !== 'string') return undefined;
  if (request.startsWith('.')) return findLoader(parent);
  if (request.startsWith(sep)) return locate(request)?.packageName;
  return readPackageName(request.startsWith('node:') ? request.slice(5) : request);
}

function findLoader(parent: LoadedModule | undefined): string | undefined {
  return parent?.filename ? locate(parent.filename)?.packageName : undefined;
}

function locate(filename: string): FileInPackage | undefined {
  if (locations.has(filename)) return locations.get(filename);
  const at = filename.lastIndexOf(inPackages);
  const inside = at === -1 ? undefined : readPackageName(filename.slice(at + inPackages.length));
  const found =
    inside === undefined
      ? undefined
      : { packageName: inside, baseFolder: filename.slice(0, at + inPackages.length + inside.length) };
  locations.set(filename, found);
  return found;
}

function readPackageName(path: string): string {
  const first = path.indexOf('/');
  if (first === -1) return path;
  if (!path.startsWith('@')) return path.slice(0, first);
  const second = path.indexOf('/', first + 1);
  return second === -1 ? path : path.slice(0, second);
}

/** `pg` for the package's main file, `pg/lib/client.js` for any other: the names that instrumentations go by. */
function nameFile(loader: Loader, filename: string, file: FileInPackage): string {
  if (findMainFile(loader, file) === filename) return file.packageName;
  return `${file.packageName}/${relative(file.baseFolder, filename).replaceAll(sep, '/')}`;
}

const mainFiles = new Map<string, string | undefined>();

function findMainFile(loader: Loader, { packageName, baseFolder }: FileInPackage): string | undefined {
  if (mainFiles.has(baseFolder)) return mainFiles.get(baseFolder);
  let main: string | undefined;
  try {
    const from = { paths: loader._nodeModulePaths(baseFolder), filename: join(baseFolder, 'index.js') };
    // Only `paths` and `filename` of the parent are read.
    main = loader._resolveFilename(packageName, from as unknown as LoadedModule, false);
  } catch {
    // A package without a main file has only inner files.
  }
  mainFiles.set(baseFolder, main);
  return main;
}
