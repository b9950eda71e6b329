// ES modules while the program starts: when all have been evaluated, and where Node lets hooks run in this thread
// (module.registerHooks, since 22.15) how long each took. https://nodejs.org/api/module.html#moduleregisterhooksoptions
import Module from 'node:module';
import { fileURLToPath } from 'node:url';
import { nowMs } from './clock.ts';
import type { ModuleTimer } from './module-timer.ts';

interface Loaded {
  readonly format?: string | null;
  readonly source?: string | ArrayBuffer | Uint8Array | null;
}
interface Hooks {
  readonly load: (url: string, context: object, nextLoad: (url: string, context: object) => Loaded) => Loaded;
}
/** Not in @types/node of the oldest Node that is supported. */
type RegisterHooks = (hooks: Hooks) => { readonly deregister: () => void };

const evaluated = Symbol.for('worktree-obs.evaluated');
const formats = new Set(['module', 'module-typescript']);

/** Times each ES module until the returned function is called; where Node has no such hooks, nothing is done. */
export function timeEsModules(timer: ModuleTimer): () => void {
  const { registerHooks } = Module as unknown as { readonly registerHooks?: RegisterHooks };
  if (registerHooks === undefined) return () => undefined;
  const names = new Map<string, string>();
  Object.defineProperty(globalThis, evaluated, {
    configurable: true,
    value: (url: string) => timer.markEvaluated(names.get(url) ?? url),
  });
  const hooks = registerHooks({
    load: (url, context, nextLoad) => {
      const loaded = nextLoad(url, context);
      timer.markRead();
      if (!url.startsWith('file:') || !formats.has(loaded.format ?? '') || loaded.source == null) return loaded;
      names.set(url, fileURLToPath(url));
      return { ...loaded, source: appendMark(loaded.source, url) };
    },
  });
  return () => {
    hooks.deregister();
    // Modules that were read, but not evaluated yet, still call it.
    Object.defineProperty(globalThis, evaluated, { configurable: true, value: () => undefined });
  };
}

/** On a line of its own at the end: places in the source, and so in stack traces, stay as they are. */
function appendMark(source: NonNullable<Loaded['source']>, url: string): string | Uint8Array {
  const mark = `\n;globalThis[Symbol.for(${JSON.stringify(evaluated.description)})]?.(${JSON.stringify(url)});`;
  if (typeof source === 'string') return source + mark;
  return Buffer.concat([source instanceof ArrayBuffer ? Buffer.from(source) : source, Buffer.from(mark)]);
}

/** What Node's loader of ES modules has under way while it reads files, before version 22. */
const readings = new Set(['FSReqPromise', 'CloseReq']);
const lookMs = 1;
/** A program that reads files of its own for ever has told enough. */
const maxLooks = 10_000;

/** The loader of old versions begins to read only after a turn of the loop, and pauses between files. */
const quietLooks = 3;

/** Calls `done` with the moment, on the clock of the start, since which no file is read: all ES modules that the program imports were evaluated by then. */
export function whenEsModulesLoaded(done: (loadedMs: number) => void): void {
  let looks = 0;
  let quiet = 0;
  let loadedMs = 0;
  const look = (): void => {
    looks += 1;
    // Since Node 17.3, and not in @types/node's oldest.
    const isReading = process.getActiveResourcesInfo().some((name) => readings.has(name));
    quiet = isReading ? 0 : quiet + 1;
    if (quiet === 1) loadedMs = nowMs();
    if (quiet < quietLooks && looks < maxLooks) setTimeout(look, lookMs);
    else done(loadedMs);
  };
  // Not unref'd: an idle loop would keep it back until the next event, and a millisecond delays no end.
  setImmediate(look);
}
