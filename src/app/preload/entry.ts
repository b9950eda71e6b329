// What NODE_OPTIONS loads into every Node process of an app. It only watches which libraries the app loads; all else is
// fetched when the first of them comes. It must never break, slow down or keep alive the process it is in.
import { dirname } from 'node:path';
import { patchBuiltins } from './builtins.ts';
import { chooseChunks } from './choice.ts';
import { ChunkLoader } from './chunk-loader.ts';
import { isModuleProgram } from './entry-format.ts';
import { isSwitchedOff, isTool } from './process-kind.ts';
import { openSpool } from './sdk/spool.ts';
import { recordStartup } from './startup-record.ts';
import { Watcher } from './watcher.ts';

/** Chunk names by package or built-in module; written by build.mjs from the instrumentations themselves. */
declare const WATCHED_PACKAGES: Record<string, string[]>;

function main(): void {
  const once = Symbol.for('worktree-obs.preload');
  const program = process.argv[1];
  if (once in globalThis || isSwitchedOff(process.env) || isTool(program, dirname(__dirname))) return;
  Object.defineProperty(globalThis, once, { value: true });
  const beganAtMs = performance.now();
  const spool = openSpool(process.env.OBS_SPOOL);
  const watcher = new Watcher({
    loader: new ChunkLoader(__dirname, __filename),
    chunks: chooseChunks(WATCHED_PACKAGES, process.env),
    spool,
  });
  if (isModuleProgram(program, process.execArgv)) patchBuiltins();
  recordStartup({ spool, beganAtMs, stoodBackFor: () => watcher.stoodBackFor });
}

main();
