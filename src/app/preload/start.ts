// What the preload does in a process that is to be watched. It only watches which libraries the app loads; all else is
// fetched when the first of them comes. It must never break, slow down or keep alive the process it is in.
import { patchBuiltins } from './builtins.ts';
import { chooseChunks } from './choice.ts';
import { ChunkLoader } from './chunk-loader.ts';
import { nowMs } from './clock.ts';
import { isModuleProgram } from './entry-format.ts';
import { ModuleTimer } from './module-timer.ts';
import { openSpool } from './sdk/spool.ts';
import { recordStartup } from './startup-record.ts';
import { Watcher } from './watcher.ts';

/** Chunk names by package or built-in module; written by build.mjs from the instrumentations themselves. */
declare const WATCHED_PACKAGES: Record<string, string[]>;

/** Modules, and files inside of packages, that instrumentations replace; written in the same way. */
declare const PATCHED_FILES: string[];

/** @param beganAtMs when the preload began, on the clock of the start */
export function start(program: string | undefined, beganAtMs: number): void {
  const spool = openSpool(process.env.OBS_SPOOL);
  const timer = new ModuleTimer(nowMs);
  const watcher = new Watcher({
    loader: new ChunkLoader(__dirname, __filename),
    chunks: chooseChunks(WATCHED_PACKAGES, process.env),
    patched: new Set(PATCHED_FILES),
    spool,
    timer,
  });
  const isModule = isModuleProgram(program, process.execArgv);
  if (isModule) patchBuiltins();
  recordStartup({ spool, beganAtMs, timer, isModule, stoodBackFor: () => watcher.stoodBackFor });
}
