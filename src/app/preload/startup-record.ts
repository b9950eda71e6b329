// What only the process itself knows about its start: when the runtime was up, what this preload cost, when the main
// module had been evaluated. Left in the spool for `obs run`, which makes phases of it.
import { nowMs, readOffsetMs } from './clock.ts';
import { timeEsModules, whenEsModulesLoaded } from './es-modules.ts';
import type { ModuleTimer, SlowModule } from './module-timer.ts';
import type { Spool } from './sdk/spool.ts';
import { isMainThread } from './thread.ts';

export interface StartupRecord {
  readonly pid: number;
  readonly program: string | null;
  /** Epoch milliseconds at which the process began, as the process's own clock has it. */
  readonly originMs: number;
  /** Milliseconds after `originMs`. */
  readonly bootedMs: number;
  readonly preloadStartMs: number;
  readonly preloadEndMs: number;
  readonly mainLoadedMs: number;
  readonly slowestModules: readonly SlowModule[];
  /** The SDK or agent that the app brought, for which this one stood back. */
  readonly stoodBackFor: string | null;
}

export interface StartupRecordOptions {
  readonly spool: Spool | undefined;
  /** On the clock of the start. */
  readonly beganAtMs: number;
  readonly timer: ModuleTimer;
  /** Whether the program may be an ES module. */
  readonly isModule: boolean;
  readonly stoodBackFor: () => string | undefined;
}

/** Writes the record once the main module has been evaluated. */
export function recordStartup({ spool, beganAtMs, timer, isModule, stoodBackFor }: StartupRecordOptions): void {
  // Worker threads start when their program has long begun.
  if (spool === undefined || !isMainThread()) {
    timer.stop();
    return;
  }
  const stopEsModules = isModule ? timeEsModules(timer) : undefined;
  const preloadEndMs = nowMs();
  timer.begin();
  const write = (loadedMs: number): void => {
    stopEsModules?.();
    if (isModule) timer.addRest(loadedMs - preloadEndMs);
    const offsetMs = readOffsetMs();
    const record: StartupRecord = {
      pid: process.pid,
      program: process.argv[1] ?? null,
      originMs: performance.timeOrigin,
      bootedMs: performance.nodeTiming.bootstrapComplete,
      preloadStartMs: beganAtMs + offsetMs,
      preloadEndMs: preloadEndMs + offsetMs,
      mainLoadedMs: (timer.mainLoadedMs ?? loadedMs) + offsetMs,
      slowestModules: timer.stop(),
      stoodBackFor: stoodBackFor() ?? null,
    };
    spool.write('startup', JSON.stringify(record));
  };
  if (isModule) whenEsModulesLoaded(write);
  // Not unref'd: an idle loop would keep it back until the next event, and a turn of the loop delays no end.
  else setImmediate(() => write(nowMs()));
}
